exports.handler = async () => { this is no JavaScript
