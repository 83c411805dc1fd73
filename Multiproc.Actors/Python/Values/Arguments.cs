using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Values;

/// <summary>The arguments of one call, taken in the order of the parameters, each by its place or by its name.</summary>
internal sealed class Arguments(string method, PyTuple given, Dictionary<object, object?> named)
{
    private const double LongestWait = 10_000_000; // Seconds. What is longer is for ever.

    private int _place;
    private int _named;

    public string Method => method;

    public PyTuple Given => given;

    public Dictionary<object, object?> Named => named;

    /// <exception cref="PythonException">A TypeError: it is missing.</exception>
    public object? Next(string name) =>
        TryNext(name, out object? value) ? value : throw PythonErrors.Type($"{method}() missing 1 required positional argument: '{name}'");

    public object? Next(string name, object? otherwise) => TryNext(name, out object? value) ? value : otherwise;

    public bool TryNext(string name, out object? value)
    {
        if (_place < given.Count)
        {
            value = given[_place++];
            return !named.ContainsKey(name)
                ? true
                : throw PythonErrors.Type($"{method}() got multiple values for argument '{name}'");
        }

        if (named.TryGetValue(name, out value))
        {
            _named++;
            return true;
        }

        return false;
    }

    public bool NextTruth(string name, bool otherwise) => TryNext(name, out object? value) ? Truth.Of(value) : otherwise;

    public long NextInteger(string name) => Integer(Next(name));

    public long NextInteger(string name, long otherwise) => TryNext(name, out object? value) ? Integer(value) : otherwise;

    /// <summary>A time to wait in seconds: null for None, which waits for ever.</summary>
    public double? NextSeconds(string name)
    {
        double? seconds = Next(name, null) switch
        {
            null => null,
            int number => number,
            long number => number,
            double number => number,
            bool number => number ? 1 : 0,
            var other => throw PythonErrors.Type($"'{PickleNames.Of(other)}' object cannot be interpreted as a number of seconds"),
        };
        return seconds is { } value && double.IsNaN(value) ? throw PythonErrors.Value("Invalid value NaN (not a number)") : seconds;
    }

    /// <summary>Ends the list of parameters.</summary>
    /// <exception cref="PythonException">A TypeError: there are more arguments.</exception>
    public void End()
    {
        if (_place < given.Count)
        {
            throw PythonErrors.Type($"{method}() takes {_place} positional arguments but {given.Count} were given");
        }

        if (_named < named.Count)
        {
            throw PythonErrors.Type($"{method}() got an unexpected keyword argument");
        }
    }

    public static TimeSpan? Time(double? seconds) => seconds switch
    {
        null or > LongestWait => null,
        <= 0 => TimeSpan.Zero,
        { } some => TimeSpan.FromSeconds(some),
    };

    /// <exception cref="PythonException">A TypeError or an OverflowError.</exception>
    public static long Integer(object? value) => value switch
    {
        int number => number,
        long number => number,
        bool truth => truth ? 1 : 0,
        System.Numerics.BigInteger => throw new PythonException(new PyTuple("Python int too large to convert to C ssize_t"), "OverflowError"),
        _ => throw PythonErrors.Type($"{PickleNames.Of(value)} cannot be interpreted as an integer"),
    };
}
