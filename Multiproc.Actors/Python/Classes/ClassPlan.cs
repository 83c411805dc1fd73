namespace Multiproc.Python.Classes;

/// <summary>A C# class that Python programs make objects of, as it is sent to the process of a manager.</summary>
internal sealed record ClassPlan(string TypeId, Type Type, string[]? Exposed, Dictionary<string, string> MethodToTypeId, bool Concurrent);
