// Everything that the page says in Portuguese, in one file.

import topics from './help-pt.js';
import words from './pt.js';

export default { words, topics };
