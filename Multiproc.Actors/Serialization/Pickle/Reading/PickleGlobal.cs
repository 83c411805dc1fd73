namespace Multiproc.Serialization.Pickle;

/// <summary>A name that a pickle may call, and the code of ours that answers. It can be called, never be a value.</summary>
internal sealed record PickleGlobal(string Module, string Name, Func<PyTuple, PickleBudget, object?> Build)
{
    public override string ToString() => $"{Module}.{Name}";

    public SerializationException WrongArguments(PyTuple arguments) =>
        new($"Malformed pickle: {this} cannot be called with {PythonText.Of(arguments)}.");
}
