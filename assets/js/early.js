// Runs before the first paint: puts the remembered theme and language on <html>, so that nothing
// flashes, and asks for that language's words. A plain script inside the document, since modules wait for it.
// js/prefs.js changes both later.
(function () {
  'use strict';
  var root = document.documentElement;
  function read(key) {
    try { return localStorage.getItem(key); } catch (e) { return null; }
  }
  var theme = read('pareia.theme');
  var dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = theme === 'light' || theme === 'dark' ? theme : dark ? 'dark' : 'light';
  var spoken = navigator.language || 'pt-BR';
  var lang = read('pareia.lang') || (/^pt/i.test(spoken) ? 'pt' : 'en');
  root.lang = lang === 'en' ? 'en' : 'pt-BR';
  var words = document.createElement('link');
  words.rel = 'modulepreload';
  words.href = 'assets/js/words/all-' + (lang === 'en' ? 'en' : 'pt') + '.js';
  document.head.appendChild(words);
})();
