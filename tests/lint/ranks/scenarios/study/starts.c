#include "models/handler/loop.h"
#include "models/run.h"
