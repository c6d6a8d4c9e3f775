// Asks two slow neighbours at once and joins their answers: a handler that mostly waits.
import { setTimeout as wait } from "node:timers/promises";

const stockMs = Number(process.env.STOCK_MS ?? 40);
const priceMs = Number(process.env.PRICE_MS ?? 60);

async function stock(id) {
  await wait(stockMs);
  return { inStock: id.length % 2 === 0 };
}

async function price(id) {
  await wait(priceMs);
  return { cents: 100 + 10 * id.length };
}

export const handler = async (event) => {
  const id = event.pathParameters?.id ?? "unknown";
  const [s, p] = await Promise.all([stock(id), price(id)]);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ id, ...s, ...p }) };
};
