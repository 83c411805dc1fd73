using System.Collections.Concurrent;
using System.Reflection;
using Multiproc.Python.Types;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Client;

/// <summary>A proxy of an object of Python with an interface of C#.</summary>
internal class PythonInterface : DispatchProxy
{
    private static readonly ConcurrentDictionary<MethodInfo, string> s_names = [];
    private static readonly MethodInfo s_to = typeof(PickleConversion).GetMethod(nameof(PickleConversion.To), 1, [typeof(object)])!;

    private PythonProxy? _proxy;

    public static T Make<T>(PythonProxy proxy)
        where T : class
    {
        if (!typeof(T).IsInterface)
        {
            throw new ArgumentException($"{typeof(T)} is not an interface: typed proxies can implement interfaces only.");
        }

        var made = Create<T, PythonInterface>();
        ((PythonInterface)(object)made)._proxy = proxy;
        return made;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!;
        if (method.DeclaringType == typeof(IDisposable))
        {
            _proxy!.Dispose();
            return null;
        }

        object?[] arguments = args ?? [];
        var cancellation = arguments is [.., CancellationToken token] ? token : default;
        object?[] sent =
        [
            .. arguments.Where(static each => each is not CancellationToken).Select(static each => each is TimeSpan time ? time.TotalSeconds : each),
        ];
        string name = s_names.GetOrAdd(method, static each => MemberNames.InPython(each.Name));
        object? result = _proxy!.CallWith(name, new PyTuple(sent, owned: true), null, cancellation);
        return method.ReturnType == typeof(void) || method.ReturnType == typeof(object) ? result
            : result is PythonProxy && method.ReturnType.IsInstanceOfType(result) ? result
            : s_to.MakeGenericMethod(method.ReturnType).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [result], null);
    }
}
