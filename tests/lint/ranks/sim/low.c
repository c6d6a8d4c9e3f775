#include "models/spec/high.h"
#include <time.h>
#include <yaml.h>
#include <nobody_knows.h>
