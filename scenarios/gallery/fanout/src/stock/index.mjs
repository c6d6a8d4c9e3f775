// Takes what was sold out of the stock: one sum for each article of the batch.
export async function handler(event) {
	const sold = new Map();
	for (const record of event.Records) {
		const { sku } = JSON.parse(record.body);
		sold.set(sku, (sold.get(sku) ?? 0) + 1);
	}
	return Object.fromEntries(sold);
}
