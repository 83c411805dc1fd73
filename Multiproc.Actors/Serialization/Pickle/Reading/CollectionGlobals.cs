using System.Numerics;
using System.Text;

namespace Multiproc.Serialization.Pickle;

/// <summary>Builds builtin values that some protocols write as a call: sets before protocol 4, bytes before 3, bytearrays before 5.</summary>
internal static class CollectionGlobals
{
    public static PickleGlobal[] All { get; } =
    [
        Make("builtins", "set", (arguments, budget) =>
        {
            budget.Container();
            var set = new HashSet<object?>(PythonEquality.Instance);
            foreach (object? item in Items(arguments, budget))
            {
                set.Add(budget.Key(item));
            }

            return set;
        }),
        Make("builtins", "frozenset", (arguments, budget) => budget.FrozenSet(Items(arguments, budget).Select(budget.Key))),
        Make("builtins", "list", (arguments, budget) =>
        {
            budget.Container();
            return new List<object?>(Items(arguments, budget));
        }),
        Make("builtins", "complex", (arguments, _) => arguments.Items is [{ } real, { } imaginary] && Float(real) is { } r && Float(imaginary) is { } i
            ? new Complex(r, i)
            : throw new WrongArgumentsException()),
        Make("builtins", "bytes", (arguments, budget) => arguments.Count == 0 ? Array.Empty<byte>() : Bytes(arguments, budget)),
        Make("builtins", "bytearray", (arguments, budget) => new Memory<byte>(arguments.Count == 0 ? [] : Bytes(arguments, budget))),
        Make("_codecs", "encode", (arguments, budget) => arguments.Items is [string text, "latin1" or "latin-1"]
            ? Latin1(text, budget)
            : throw new WrongArgumentsException()),
    ];

    /// <summary>Converts text whose characters are bytes: the form of bytes in protocols 0 to 2.</summary>
    public static byte[] Latin1(string text, PickleBudget budget)
    {
        budget.Work(text.Length);
        return text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF') ? throw new WrongArgumentsException() : Encoding.Latin1.GetBytes(text);
    }

    public static PickleGlobal Make(string module, string name, Func<PyTuple, PickleBudget, object?> build)
    {
        PickleGlobal made = null!;
        made = new PickleGlobal(module, name, (arguments, budget) =>
        {
            try
            {
                return build(arguments, budget);
            }
            catch (WrongArgumentsException)
            {
                throw made.WrongArguments(arguments);
            }
        });
        return made;
    }

    private static byte[] Bytes(PyTuple arguments, PickleBudget budget)
    {
        switch (arguments.Items)
        {
            case [byte[] bytes]:
                budget.Work(bytes.Length);
                return [.. bytes];
            case [string text, "latin1" or "latin-1"]:
                return Latin1(text, budget);
            default:
                throw new WrongArgumentsException();
        }
    }

    private static ICollection<object?> Items(PyTuple arguments, PickleBudget budget)
    {
        ICollection<object?> items = arguments.Items switch
        {
            [] => [],
            [List<object?> list] => list,
            [HashSet<object?> set] => set,
            [PyTuple tuple] => [.. tuple],
            [PyFrozenSet set] => [.. set],
            _ => throw new WrongArgumentsException(),
        };
        budget.Work(items.Count);
        return items;
    }

    private static double? Float(object value) => value switch
    {
        double number => number,
        int number => number,
        long number => number,
        _ => null,
    };
}

/// <summary>Reports that a builder was called with arguments that its Python original never accepts.</summary>
internal sealed class WrongArgumentsException : Exception;
