/* codeplace: where a function's code is, and whether it can run here: CodeUri, Code, InlineCode, what `sam build` or the CDK made of it,
 * and the file that Handler names.
 * Sources: AWS Lambda Developer Guide, "Define Lambda function handler in Python", "... in Node.js", "Building a custom runtime";
 * AWS SAM Developer Guide, "AWS::Serverless::Function", CodeUri; AWS SAM CLI, .aws-sam/build. */
#ifndef SCENARIOS_READ_CODEPLACE_H
#define SCENARIOS_READ_CODEPLACE_H

#include "scenarios/read/reading.h"

/* Finds the code of every function. What stops a handler from running is an error for functions that must run (Model: profile, with
 * traffic); a folder or handler that is missing is one for `weir check` too, unless the function is declared. */
void codes_find(struct reading *r);

#endif
