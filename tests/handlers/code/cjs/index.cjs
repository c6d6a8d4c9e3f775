module.exports.handler = async () => require("node:path").basename(__filename);
