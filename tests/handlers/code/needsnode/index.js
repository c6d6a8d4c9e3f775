const missing = require('a-package-that-nobody-has');
exports.handler = async () => missing;
