using System.Reflection;
using Multiproc.Python.Values;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Pools;

/// <summary>A call of a registered C# function with arguments of Python: sent to a worker of a pool, which converts them to what the function takes.</summary>
internal sealed record PythonTask(string Name, Delegate Function, object?[] Given, Dictionary<string, object?> Named)
{
    public static object? Run(PythonTask task)
    {
        var parameters = task.Function.Method.GetParameters();
        object?[] arguments = [.. parameters.Select((parameter, place) => task.Argument(parameter, place))];
        if (task.Given.Length > parameters.Length)
        {
            throw PythonErrors.Type($"{task.Name}() takes {parameters.Length} positional arguments but {task.Given.Length} were given");
        }

        try
        {
            object? result = task.Function.DynamicInvoke(arguments);
            return result is Task later ? Result(later) : result;
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } cause)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }

    private static object? Result(Task later)
    {
        later.GetAwaiter().GetResult();
        var result = later.GetType().GetProperty(nameof(Task<object>.Result));
        return result is not null && result.PropertyType.Name != "VoidTaskResult" ? result.GetValue(later) : null;
    }

    private object? Argument(ParameterInfo parameter, int place)
    {
        if (place < Given.Length || Named.ContainsKey(parameter.Name!))
        {
            object? value = place < Given.Length ? Given[place] : Named[parameter.Name!];
            try
            {
                return PickleConversion.To(parameter.ParameterType, value);
            }
            catch (PickleMisfit misfit)
            {
                throw PythonErrors.Type($"{Name}(): argument '{parameter.Name}' {misfit.Told}");
            }
        }

        return parameter.HasDefaultValue
            ? parameter.DefaultValue
            : throw PythonErrors.Type($"{Name}() missing 1 required positional argument: '{parameter.Name}'");
    }
}
