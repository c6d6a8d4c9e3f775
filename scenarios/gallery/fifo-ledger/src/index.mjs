// Books in order; at the first booking that fails it stops and reports that one and all behind it, or their order would break.
const balances = new Map();

function book({ account, cents }) {
	if (!Number.isInteger(cents))
		throw new Error(`${account}: ${cents} is no number of cents`);
	balances.set(account, (balances.get(account) ?? 0) + cents);
}

export async function handler(event) {
	for (let i = 0; i < event.Records.length; i++) {
		try {
			book(JSON.parse(event.Records[i].body));
		} catch (error) {
			console.error(error.message);
			return { batchItemFailures: event.Records.slice(i).map((record) => ({ itemIdentifier: record.messageId })) };
		}
	}
	return { batchItemFailures: [] };
}
