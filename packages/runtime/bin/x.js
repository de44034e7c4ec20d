#!/usr/bin/env node
import "../dist/x.js";
