using System.Runtime.CompilerServices;

// All native calls of this library have blittable signatures, so that their stubs are compiled ahead of time instead of at each start of a process.
[assembly: DisableRuntimeMarshalling]
