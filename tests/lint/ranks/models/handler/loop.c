#include "models/arrivals/rate.h"
#include "sim/base/error.h"
#include <microhttpd.h>
