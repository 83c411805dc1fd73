using System.Globalization;
using System.Reflection;

namespace Multiproc.Managers;

/// <summary>Converts arguments for a method: widens numbers, fills in default values, and passes the call's own cancellation token.</summary>
internal static class ArgumentForm
{
    public static bool Widens(object value, Type wanted) =>
        value is IConvertible && value is not string && wanted.IsPrimitive && wanted != typeof(bool) && wanted != typeof(char) && value.GetType().IsPrimitive
            && value is not (bool or char);

    public static bool Fits(ParameterInfo[] parameters, object?[] arguments)
    {
        if (arguments.Length > parameters.Length
                || parameters.Skip(arguments.Length).Any(static rest => !rest.HasDefaultValue && rest.ParameterType != typeof(CancellationToken)))
        {
            return false;
        }

        return arguments.Zip(parameters).All(static pair => pair.First switch
        {
            null =>
                !pair.Second.ParameterType.IsValueType || Nullable.GetUnderlyingType(pair.Second.ParameterType) is not null
                    || pair.Second.ParameterType == typeof(CancellationToken),
            Callback => typeof(Delegate).IsAssignableFrom(pair.Second.ParameterType) || pair.Second.ParameterType.IsInterface,
            var value => pair.Second.ParameterType.IsInstanceOfType(value) || Widens(value, pair.Second.ParameterType),
        });
    }

    public static object?[] Fill(MethodBase method, object?[] arguments, CancellationToken cancellation)
    {
        var parameters = method.GetParameters();
        var filled = new object?[parameters.Length];
        for (int i = 0; i < filled.Length; i++)
        {
            var wanted = parameters[i].ParameterType;
            filled[i] = wanted == typeof(CancellationToken) ? cancellation
                : i >= arguments.Length ? parameters[i].DefaultValue
                : arguments[i] is { } value && !wanted.IsInstanceOfType(value) && Widens(value, wanted)
                ? Convert.ChangeType(value, wanted, CultureInfo.InvariantCulture)
                : arguments[i];
        }

        return filled;
    }
}
