using System.Globalization;
using System.Reflection;

namespace Multiproc.Managers;

/// <summary>A method that may be called, and all that is asked of it at each call: looked up once, since reflection copies its answers.</summary>
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

    /// <summary>The name with the types of the parameters: what a typed proxy calls it.</summary>
    public string Key { get; }

    public Type ReturnType { get; }

    public IReadOnlyList<Type> ParameterTypes => _types;

    /// <summary>Whether it adds or removes a handler of an event.</summary>
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

    /// <summary>Numbers widened, defaults filled in, callbacks made callable, the call's own token in its place.</summary>
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

    /// <summary>What it throws is thrown as it is.</summary>
    public object? Invoke(object target, object?[] filled) => _invoker.Invoke(target, filled.AsSpan());

    private static object? Formed(object? value, Type wanted) => value switch
    {
        Callback callback => callback.As(wanted),
        null when wanted == typeof(EventArgs) => EventArgs.Empty,
        not null when !wanted.IsInstanceOfType(value) && ArgumentForm.Widens(value, wanted) => Convert.ChangeType(value, wanted, CultureInfo.InvariantCulture),
        _ => value,
    };
}
