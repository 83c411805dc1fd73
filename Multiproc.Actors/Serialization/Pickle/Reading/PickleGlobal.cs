namespace Multiproc.Serialization.Pickle;

/// <summary>A global name that a pickle may call, with the code that implements it. It can be called but never be a value.</summary>
internal sealed record PickleGlobal(string Module, string Name, Func<PyTuple, PickleBudget, object?> Build)
{
    public override string ToString() => $"{Module}.{Name}";

    public SerializationException WrongArguments(PyTuple arguments) =>
        new($"Malformed pickle: {this} cannot be called with {PythonText.Of(arguments)}.");
}
