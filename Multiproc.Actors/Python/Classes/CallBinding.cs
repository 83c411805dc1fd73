using System.Reflection;
using Multiproc.Python.Types;
using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Classes;

/// <summary>Chooses an overload of a method, or a constructor, for arguments of Python, and converts them to its parameters.</summary>
internal sealed class CallBinding(Func<object, object?> objectOf, CancellationToken token)
{
    /// <param name="overloads">What can be called.</param>
    /// <param name="given">The arguments, in order and by name.</param>
    /// <exception cref="PythonException">A TypeError: the arguments fit none of them.</exception>
    public (T Method, object?[] Arguments) Bind<T>(IReadOnlyList<T> overloads, Arguments given)
        where T : MethodBase
    {
        string reason = "cannot be called";
        foreach (var method in overloads.OrderBy(each => Math.Abs(each.GetParameters().Count(IsOfPython) - given.Given.Count - given.Named.Count)))
        {
            try
            {
                return (method, Arguments(method.GetParameters(), given));
            }
            catch (PickleMisfit misfit)
            {
                reason = misfit.Told.TrimEnd('.');
            }
        }

        throw PythonErrors.Type($"{given.Method}() {reason}");
    }

    private static bool IsOfPython(ParameterInfo parameter) => parameter.ParameterType != typeof(CancellationToken);

    private object?[] Arguments(ParameterInfo[] parameters, Arguments given)
    {
        var named = given.Named.ToDictionary(
            static each => each.Key as string ?? throw new PickleMisfit("has a named argument whose name is no text"), static each => each.Value,
            MemberNames.Comparer);
        object?[] arguments = new object?[parameters.Length];
        int place = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            var parameter = parameters[i];
            string name = parameter.Name!;
            if (!IsOfPython(parameter))
            {
                arguments[i] = token;
            }
            else if (parameter.IsDefined(typeof(ParamArrayAttribute)))
            {
                object?[] rest = [.. given.Given.Skip(place)];
                place += rest.Length;
                arguments[i] = Converted(parameter, new List<object?>(rest));
            }
            else if (place < given.Given.Count)
            {
                arguments[i] = !named.ContainsKey(name)
                    ? Converted(parameter, given.Given[place++])
                    : throw new PickleMisfit($"got multiple values for argument '{MemberNames.InPython(name)}'");
            }
            else if (named.Remove(name, out object? value))
            {
                arguments[i] = Converted(parameter, value);
            }
            else
            {
                arguments[i] = parameter.HasDefaultValue
                    ? parameter.DefaultValue
                    : throw new PickleMisfit($"missing 1 required positional argument: '{MemberNames.InPython(name)}'");
            }
        }

        return place < given.Given.Count ? throw new PickleMisfit($"takes {place} positional arguments but {given.Given.Count} were given")
            : named.Count > 0 ? throw new PickleMisfit($"got an unexpected keyword argument '{named.Keys.First()}'")
            : arguments;
    }

    private object? Converted(ParameterInfo parameter, object? value)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (type == typeof(TimeSpan) && value is int or long or double)
        {
            return Values.Arguments.Time(Convert.ToDouble(value, null)) ?? Timeout.InfiniteTimeSpan;
        }

        if (value is PythonObject && objectOf(value) is { } instance && type.IsInstanceOfType(instance))
        {
            return instance;
        }

        try
        {
            return PickleConversion.To(parameter.ParameterType, value);
        }
        catch (PickleMisfit misfit)
        {
            throw new PickleMisfit($"argument '{MemberNames.InPython(parameter.Name!)}': {misfit.Told.TrimEnd('.')}");
        }
    }
}
