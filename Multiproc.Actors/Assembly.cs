using System.Runtime.CompilerServices;

// Every native call of this library has a blittable signature: the stubs are then compiled ahead of time and not at each boot.
[assembly: DisableRuntimeMarshalling]
