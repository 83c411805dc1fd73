using System.Globalization;
using System.Reflection;

namespace Multiproc.Managers;

/// <summary>An exposed method with the facts needed at each call: looked up once, since reflection allocates its results anew.</summary>
internal sealed class ExposedMethod
{
    private readonly MethodInvoker _invoker;
    private readonly ParameterInfo[] _parameters;
    private readonly Type[] _types;

    public ExposedMethod(MethodInfo method)
    {
        Name = method.Name;
        ReturnType = method.ReturnType;
        Event = EventAccessors.Of(method);
        _parameters = method.GetParameters();
        _types = Array.ConvertAll(_parameters, static each => each.ParameterType);
        _invoker = MethodInvoker.Create(method);
        Key = KeyOf(method.Name, _types);
    }

    public string Name { get; }

    /// <summary>The name with the types of the parameters, by which typed proxies call the method.</summary>
    public string Key { get; }

    public Type ReturnType { get; }

    public IReadOnlyList<Type> ParameterTypes => _types;

    /// <summary>Whether the method adds or removes an event handler.</summary>
    public EventAccessor Event { get; }

    public static string KeyOf(string name, Type[] parameters) => $"{name}({string.Join(',', (object[])parameters)})";

    public bool Fits(object?[] arguments) => ArgumentForm.Fits(_parameters, arguments);

    public bool FitsExactly(object?[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i]?.GetType() != _types[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Widens numbers, fills in default values, makes callbacks callable, and passes the call's own cancellation token.</summary>
    public object?[] Fill(object?[] arguments, CancellationToken cancellation)
    {
        object?[] filled = arguments.Length == _types.Length ? arguments : new object?[_types.Length];
        for (int i = 0; i < _types.Length; i++)
        {
            filled[i] = _types[i] == typeof(CancellationToken) ? cancellation
                : i >= arguments.Length ? _parameters[i].DefaultValue
                : Formed(arguments[i], _types[i]);
        }

        return filled;
    }

    /// <summary>Calls the method; its exceptions are not wrapped.</summary>
    public object? Invoke(object target, object?[] filled) => _invoker.Invoke(target, filled.AsSpan());

    private static object? Formed(object? value, Type wanted) => value switch
    {
        Callback callback => callback.As(wanted),
        null when wanted == typeof(EventArgs) => EventArgs.Empty,
        not null when !wanted.IsInstanceOfType(value) && ArgumentForm.Widens(value, wanted) => Convert.ChangeType(value, wanted, CultureInfo.InvariantCulture),
        _ => value,
    };
}
