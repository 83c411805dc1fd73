using Multiproc.Processes;
using Multiproc.Python.Referents;
using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Pools;

/// <summary>A callback that is a method of a proxy of this manager, as <c>results.append</c>: the only kind that needs no Python here.</summary>
internal sealed class ProxyCallback(SharedObject target, string method) : IClient
{
    /// <exception cref="PythonException">A NotImplementedError: it is a function of Python.</exception>
    public static ProxyCallback? Of(object? callback) => callback switch
    {
        null => null,
        PythonObject { IsInstance: true, Module: "builtins", Name: "getattr", Arguments: [SharedObject target, string method] }
            when ReferentOf.Facade(target).Exposed.Contains(method) => new ProxyCallback(target, method),
        _ => throw PythonErrors.NotImplemented("a callback of Python cannot be run in a manager of a C# program, unless it is a method of one of its proxies"),
    };

    /// <summary>Completes as the task does, after the callback for its outcome has run.</summary>
    public static async Task<object?> After(Task<object?> task, ProxyCallback? callback, ProxyCallback? errorCallback)
    {
        object? result;
        try
        {
            result = await task.ConfigureAwait(false);
        }
        catch (Exception failure) when (errorCallback is not null)
        {
            var (_, _, arguments, _) = ExceptionMapping.ToPython(failure);
            errorCallback.Run(failure as PythonException ?? new PythonException(arguments, ExceptionMapping.TypeNameOf(failure)));
            throw;
        }

        callback?.Run(result);
        return result;
    }

    public T Wait<T>(Func<CancellationToken, T> wait) => wait(CancellationToken.None);

    public T WaitAsParty<T>(Func<CancellationToken, T> wait) => Wait(wait);

    public void WhenRead(Action done, Action otherwise) => done();

    private void Run(object? value) => UserCode.Run(
        "A callback of a pool of a Python program", () => ReferentOf.Facade(target).Call(new Arguments(method, new PyTuple(value), []), this));
}
