namespace Multiproc.Serialization.Pickle;

/// <summary>
/// What names mean that are not on the closed list, for a reader that keeps what it does not know: other names become a <see cref="PythonObject"/>.
/// </summary>
internal interface IPickleNames
{
    /// <summary>Finds what a name calls; null for a name without a meaning here.</summary>
    PickleGlobal? Find(string module, string name);

    /// <summary>Replaces parts of the value when the whole pickle was read; by default nothing.</summary>
    object? Complete(object? value) => value;
}
