/* The Node.js runtime of weir: takes events from the Lambda Runtime API and hands them to the user's handler.
 *
 * Written from the AWS Lambda Developer Guide ("Using the Lambda runtime API", "Define Lambda function handler in Node.js", "Using the
 * Lambda context object"); what the guide leaves open (names and texts of errors, what ends an invocation) follows AWS's
 * Node.js runtime client. Uses a plain socket: it can be unreferenced, so that an empty event loop shows while a handler runs. */
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const API = '/2018-06-01/runtime/';
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

class Fault extends Error {
	constructor(name, message) {
		super(message);
		this.name = name;
	}
}

/* One kept-alive connection, one request at a time, each in one write. */
class Client {
	constructor(address) {
		[this.host, this.port] = address.split(':');
		this.socket = null;
		this.data = Buffer.alloc(0);
		this.pending = null;
	}

	connect() {
		this.socket = net.connect({ host: this.host, port: Number(this.port), noDelay: true });
		this.data = Buffer.alloc(0);
		this.socket.on('data', (piece) => this.take(piece));
		const lost = (error) => {
			this.socket = null;
			const pending = this.pending;
			this.pending = null;
			if (pending) pending.reject(error ?? new Error('the Runtime API closed the connection'));
		};
		this.socket.on('error', lost);
		this.socket.on('close', () => lost());
	}

	take(piece) {
		this.data = this.data.length ? Buffer.concat([this.data, piece]) : piece;
		const end = this.data.indexOf('\r\n\r\n');
		if (end < 0) return;
		const lines = this.data.toString('latin1', 0, end).split('\r\n');
		const headers = {};
		for (const line of lines.slice(1)) {
			const colon = line.indexOf(':');
			headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
		}
		const from = end + 4;
		const length = Number(headers['content-length'] ?? 0);
		if (this.data.length < from + length) return;
		const body = this.data.subarray(from, from + length);
		this.data = this.data.subarray(from + length);
		const { resolve } = this.pending;
		this.pending = null;
		/* While the handler runs, this socket must not keep the event loop alive. */
		this.socket.unref();
		resolve({ status: Number(lines[0].split(' ')[1]), headers, body });
	}

	call(method, where, body = Buffer.alloc(0), headers = {}) {
		return new Promise((resolve, reject) => {
			if (!this.socket) this.connect();
			this.pending = { resolve, reject };
			this.socket.ref();
			let head = `${method} ${API}${where} HTTP/1.1\r\nHost: ${this.host}:${this.port}\r\n`;
			for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
			if (method === 'POST') head += `Content-Length: ${body.length}\r\n`;
			this.socket.write(Buffer.concat([Buffer.from(head + '\r\n', 'latin1'), body]));
		});
	}

	post(where, text, headers) {
		return this.call('POST', where, Buffer.from(text), { 'Content-Type': 'application/json', ...headers });
	}

	postError(where, error) {
		const told = describe(error);
		console.error(`${told.errorType}: ${told.errorMessage}`, ...told.trace);
		const type = told.errorType.replace(/[^\x20-\x7e]/g, '?');
		return this.post(where, JSON.stringify(told), { 'Lambda-Runtime-Function-Error-Type': type });
	}
}

function describe(error) {
	try {
		if (error instanceof Error || (error && typeof error === 'object' && 'stack' in error && 'message' in error)) {
			return {
				errorType: String(error.name).replaceAll('\x7f', '%7F'),
				errorMessage: String(error.message),
				trace: String(error.stack ?? '').split('\n'),
			};
		}
		return { errorType: typeof error, errorMessage: String(error), trace: [] };
	} catch {
		return { errorType: 'handled', errorMessage: 'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack', trace: [] };
	}
}

/* --- the user's code --------------------------------------------------------------------------------------------------------- */

function packageIsModule(folder, root) {
	for (let at = folder; ; at = path.dirname(at)) {
		const file = path.join(at, 'package.json');
		if (existsSync(file)) {
			try {
				return JSON.parse(readFileSync(file, 'utf8')).type === 'module';
			} catch {
				return false;
			}
		}
		if (at === root || at === path.dirname(at)) return false;
	}
}

async function importFile(base, root) {
	const require = createRequire(path.join(root, 'index.js'));
	if (existsSync(base) && path.extname(base) === '') return require(base);
	if (existsSync(`${base}.js`))
		return packageIsModule(path.dirname(base), root) ? import(pathToFileURL(`${base}.js`).href) : require(`${base}.js`);
	if (existsSync(`${base}.mjs`)) return import(pathToFileURL(`${base}.mjs`).href);
	if (existsSync(`${base}.cjs`)) return require(`${base}.cjs`);
	return require(require.resolve(base));
}

async function importUser(root, file) {
	try {
		return await importFile(path.resolve(root, file), root);
	} catch (error) {
		if (error instanceof SyntaxError) throw Object.assign(new Fault('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`), { stack: error.stack });
		if (error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND'))
			throw Object.assign(new Fault('Runtime.ImportModuleError', `Error: ${error.message}`), { stack: error.stack });
		throw error;
	}
}

async function findHandler(root, name) {
	if (name.includes('..'))
		throw new Fault('Runtime.MalformedHandlerName', `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
	const match = /^([^.]*)\.(.*)$/.exec(path.basename(name));
	if (!match || !match[1] || !match[2]) throw new Fault('Runtime.MalformedHandlerName', 'Bad handler');
	const module = await importUser(root, path.join(path.dirname(name), match[1]));
	let handler = module;
	for (const part of match[2].split('.')) handler = handler?.[part];
	if (handler === undefined && module.default) {
		handler = module.default;
		for (const part of match[2].split('.')) handler = handler?.[part];
	}
	if (!handler) throw new Fault('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
	if (typeof handler !== 'function') throw new Fault('Runtime.HandlerNotFound', `${name} is not a function`);
	return handler;
}

/* --- one invocation ------------------------------------------------------------------------------------------------------------ */

function makeContext(headers) {
	const deadline = Number(headers['lambda-runtime-deadline-ms']);
	const parsed = (name) => (headers[name] ? JSON.parse(headers[name]) : undefined);
	return {
		callbackWaitsForEmptyEventLoop: true,
		functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
		functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
		memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
		logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
		logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
		clientContext: parsed('lambda-runtime-client-context'),
		identity: parsed('lambda-runtime-cognito-identity'),
		invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
		awsRequestId: headers['lambda-runtime-aws-request-id'],
		getRemainingTimeInMillis: () => deadline - Date.now(),
	};
}

/* What happens when the event loop runs empty; 'beforeExit' comes again and again while something is done about it. */
let whenEmpty = null;
process.on('beforeExit', () => {
	const act = whenEmpty;
	whenEmpty = null;
	if (act) act();
});

/* Runs a handler of any kind. Resolves with {error} or {result}. */
function run(handler, event, context) {
	return new Promise((resolve) => {
		let done = false;
		const settle = (outcome) => {
			if (done) return;
			done = true;
			whenEmpty = null;
			resolve(outcome);
		};
		const now = (error, result) => settle(error === undefined || error === null ? { result } : { error });
		/* A callback's answer waits until the loop is empty, unless the handler says otherwise. */
		const callback = (error, result) => {
			if (done) return;
			if (context.callbackWaitsForEmptyEventLoop && (error === undefined || error === null)) whenEmpty = () => now(null, result);
			else now(error, result);
		};
		context.succeed = (result) => { context.callbackWaitsForEmptyEventLoop = false; now(null, result); };
		context.fail = (error) => { context.callbackWaitsForEmptyEventLoop = false; now(error ?? 'handled'); };
		context.done = (error, result) => { context.callbackWaitsForEmptyEventLoop = false; now(error, result); };
		/* Nothing more can happen and nobody answered: null. */
		whenEmpty = () => now(null, null);
		try {
			const returned = handler(event, context, callback);
			if (returned && typeof returned.then === 'function') returned.then((result) => now(null, result), (error) => now(error ?? 'handled'));
		} catch (error) {
			now(error ?? 'handled');
		}
	});
}

function stringify(result) {
	try {
		return JSON.stringify(result === undefined ? null : result) ?? 'null';
	} catch {
		throw new Fault('Error', 'Unable to stringify response body');
	}
}

/* A streaming handler's output is collected and sent as one; only its content type and its mode tell. */
async function runStreaming(client, handler, event, context) {
	const pieces = [];
	let type = 'application/octet-stream';
	const stream = new Writable({
		write(piece, encoding, next) {
			pieces.push(Buffer.isBuffer(piece) ? piece : Buffer.from(piece, encoding));
			next();
		},
	});
	stream.setContentType = (value) => { type = value; };
	stream._onBeforeFirstWrite = (write) => write((piece) => pieces.unshift(Buffer.from(piece)));
	const ended = new Promise((resolve, reject) => stream.on('finish', resolve).on('error', reject));
	whenEmpty = () => stream.end();
	await handler(event, stream, context);
	await ended;
	whenEmpty = null;
	await client.call('POST', `invocation/${context.awsRequestId}/response`, Buffer.concat(pieces), {
		'Content-Type': type,
		'Lambda-Runtime-Function-Response-Mode': 'streaming',
	});
}

async function handle(client, handler, headers, body) {
	const context = makeContext(headers);
	const where = `invocation/${context.awsRequestId}/`;
	if (headers['lambda-runtime-trace-id']) process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
	else delete process.env._X_AMZN_TRACE_ID;
	currentError = `${where}error`;
	try {
		const event = JSON.parse(body.toString('utf8'));
		if (handler[STREAMING]) {
			await runStreaming(client, handler, event, context);
		} else {
			const outcome = await run(handler, event, context);
			if ('error' in outcome) throw outcome.error;
			await client.post(`${where}response`, stringify(outcome.result));
		}
	} catch (error) {
		await client.postError(`${where}error`, error);
	}
}

/* --- the runtime -------------------------------------------------------------------------------------------------------------- */

/* Where an error that nobody caught is posted. */
let currentError = 'init/error';

/* The connection may be in the middle of something: a fresh one tells. */
async function die(error, status) {
	try {
		await new Client(process.env.AWS_LAMBDA_RUNTIME_API).postError(currentError, error);
	} finally {
		process.exit(status);
	}
}

globalThis.awslambda = {
	streamifyResponse: (handler) => Object.assign(handler, { [STREAMING]: 'response' }),
	HttpResponseStream: {
		from(stream, prelude) {
			stream.setContentType('application/vnd.awslambda.http-integration-response');
			stream._onBeforeFirstWrite((write) => write(Buffer.concat([Buffer.from(JSON.stringify(prelude)), Buffer.alloc(8)])));
			return stream;
		},
	},
};

process.on('uncaughtException', (error) => die(error, 129));
process.on('unhandledRejection', (reason) => {
	const error = new Fault('Runtime.UnhandledPromiseRejection', reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason));
	die(Object.assign(error, { stack: reason?.stack ?? error.stack }), 128);
});

async function load(client) {
	try {
		/* The import may wait (top-level await) with nothing else alive. */
		whenEmpty = () => die(new Fault('Runtime.ExitError', 'The event loop became empty while the handler was being loaded'), 13);
		const handler = await findHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER ?? '');
		/* From Node.js 24 on, Lambda refuses handlers that take a callback. */
		if (process.env.AWS_EXECUTION_ENV === 'AWS_Lambda_nodejs24.x' && handler.length >= 3 && !handler[STREAMING])
			throw new Fault('Runtime.CallbackHandlerDeprecated', 'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Use an async handler.');
		whenEmpty = null;
		return handler;
	} catch (error) {
		whenEmpty = null;
		await client.postError('init/error', error);
		return process.exit(1);
	}
}

/* Not a top-level await: while one is pending, Node takes an empty event loop for a mistake of this file. */
async function main() {
	const client = new Client(process.env.AWS_LAMBDA_RUNTIME_API);
	const handler = await load(client);
	for (;;) {
		currentError = 'init/error';
		const { status, headers, body } = await client.call('GET', 'invocation/next');
		if (status !== 200) process.exit(1);
		await handle(client, handler, headers, body);
	}
}

main();
