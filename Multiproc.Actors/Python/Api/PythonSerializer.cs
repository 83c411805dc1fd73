namespace Multiproc;

/// <summary>Names the form in which values go between a manager and Python programs: the <c>serializer</c> of Python's managers.</summary>
public enum PythonSerializer
{
    /// <summary>Pickles, Python's default, with all values of docs/pickle.md. Nothing that they name is run here.</summary>
    Pickle,

    /// <summary>
    /// XML-RPC, Python's <c>'xmlrpclib'</c>, which runs nothing on the side of Python either. It has numbers, texts, bytes, times, lists, dicts whose keys are
    /// texts, and None; tuples arrive as lists, exceptions as the text of a RemoteError, and proxies cannot be inside of values.
    /// </summary>
    XmlRpc,
}
