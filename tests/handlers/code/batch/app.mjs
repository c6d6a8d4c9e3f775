// Work for each record of a batch: some ms of CPU, or of waiting.
import { createHash } from "node:crypto";

export const compute = async (event) => {
  for (const record of event.Records) {
    let digest = Buffer.from(JSON.parse(record.body).order);
    for (let i = 0; i < 500; i++) digest = createHash("sha256").update(digest).digest();
  }
  return { batchItemFailures: [] };
};

export const wait = async (event) => {
  for (const record of event.Records) {
    JSON.parse(record.body);
    await new Promise((done) => setTimeout(done, 2));
  }
};
