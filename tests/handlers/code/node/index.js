/* CommonJS handlers, asynchronous and with callbacks. */
exports.hello = async () => ({ statusCode: 201, body: 'hello' });
exports.echo = async (event) => event;
exports.nested = { deeper: async () => 'deep' };
exports.callback = (event, context, callback) => callback(null, 'called');
exports.callbackError = (event, context, callback) => callback(new TypeError('called back'));
/* The answer waits for the timer. */
exports.waits = (event, context, callback) => {
	setTimeout(() => {}, 150);
	callback(null, 'waited');
};
exports.waitsNot = (event, context, callback) => {
	context.callbackWaitsForEmptyEventLoop = false;
	setTimeout(() => {}, 60000);
	callback(null, 'at once');
};
exports.succeed = (event, context) => context.succeed('succeeded');
exports.fail = (event, context) => context.fail(new RangeError('failed'));
exports.done = (event, context) => context.done(null, 'done');
exports.nothing = () => {};
exports.never = () => new Promise(() => {});
exports.thrower = async () => { throw new Error('thrown'); };
exports.throwsText = async () => { throw 'only text'; };
exports.throwsNow = () => { throw new SyntaxError('at run time'); };
exports.rejectsAside = async () => {
	Promise.reject(new Error('nobody listens'));
	await new Promise((resolve) => setTimeout(resolve, 1000));
};
exports.throwsAside = async () => {
	setTimeout(() => { throw new Error('in a timer'); }, 1);
	await new Promise((resolve) => setTimeout(resolve, 1000));
};
exports.exits = async () => process.exit(7);
exports.spins = async () => { for (;;); };
exports.circular = async () => { const a = {}; a.a = a; return a; };
exports.notFunction = 5;
exports.context = async (event, context) => {
	const left = context.getRemainingTimeInMillis();
	if (!(left > 0 && left <= 10000)) throw new Error(`left ${left}`);
	if (context.functionName !== 'Tested' || context.memoryLimitInMB !== '256') throw new Error('context');
	if (context.awsRequestId.length !== 36 || !process.env._X_AMZN_TRACE_ID) throw new Error('identity');
	const { NODE_PATH, LAMBDA_RUNTIME_DIR: runtime, PWD, SHLVL } = process.env;
	const after = `/opt/nodejs/node_modules:${runtime}/node_modules:${runtime}:${process.cwd()}`;
	if (!NODE_PATH.endsWith(after) || !/^\/opt\/nodejs\/node\d+\/node_modules:/.test(NODE_PATH)) throw new Error(NODE_PATH);
	if (PWD !== process.cwd() || SHLVL !== '0' || 'PYTHONPATH' in process.env) throw new Error('environment');
	return 'fine';
};
exports.streams = awslambda.streamifyResponse(async (event, stream) => {
	const http = awslambda.HttpResponseStream.from(stream, { statusCode: 202, headers: {} });
	http.write('one ');
	http.write('two');
	http.end();
});
exports.grows = async () => {
	const held = [];
	for (;;) {
		held.push(Buffer.alloc(4 << 20, 1));
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
};
