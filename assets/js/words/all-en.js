// Everything that the page says in English, in one file.

import topics from './help-en.js';
import words from './en.js';

export default { words, topics };
