using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Writes .NET values as a pickle of protocol 2 or 4 that every CPython from 3.8 on reads. A value without a plain counterpart in Python is
/// rejected with the path to it. Objects that occur repeatedly are written once, so shared and circular references are preserved.
/// </summary>
internal sealed partial class PickleWriter
{
    private readonly PickleOutput _output;
    private readonly PickleLimits _limits;
    private readonly PicklePath _path = new();
    private readonly Func<object, PythonObject?>? _reduce;
    private int _keys;

    private PickleWriter(WireWriter writer, int protocol, PickleLimits limits, Func<object, PythonObject?>? reduce)
    {
        _output = new PickleOutput(writer, protocol);
        _reduce = reduce;
        _limits = limits;
    }

    /// <param name="writer">Gets the bytes.</param>
    /// <param name="value">The value.</param>
    /// <param name="protocol">2 or 4.</param>
    /// <param name="limits">The limits; null for the default ones.</param>
    /// <param name="reduce">Says what to write for a value that is no plain one, such as a facade; null from it writes the value as it is.</param>
    /// <exception cref="SerializationException">A part of the value cannot be serialized: the message names the path to it. Nothing was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The protocol is neither 2 nor 4.</exception>
    public static void Write(
        WireWriter writer, object? value, int protocol = 4, PickleLimits? limits = null, Func<object, PythonObject?>? reduce = null)
    {
        if (protocol is not (2 or 4))
        {
            throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "Pickles are written in protocol 2 or 4; all of CPython 3 read both.");
        }

        int start = writer.Length;
        bool done = false;
        var pickle = new PickleWriter(writer, protocol, limits ?? PickleLimits.Default, reduce);
        try
        {
            writer.Byte((byte)Opcode.Proto);
            writer.Byte((byte)protocol);
            pickle.Value(value);
            pickle._output.Op(Opcode.Stop);
            done = true;
        }
        catch (UnsendableException unsendable)
        {
            pickle._path.Tell(unsendable);
            throw unsendable.ToError(value!);
        }
        finally
        {
            if (!done)
            {
                writer.Truncate(start);
            }
        }
    }

    /// <summary>Writes a complete pickle.</summary>
    /// <exception cref="SerializationException">A part of the value cannot be serialized.</exception>
    public static byte[] ToBytes(object? value, int protocol = 4, PickleLimits? limits = null)
    {
        using var writer = new WireWriter();
        Write(writer, value, protocol, limits);
        return writer.ToArray();
    }

    private void Value(object? value)
    {
        if (!TryScalar(value))
        {
            Reference(value!);
        }
    }

    private bool TryScalar(object? value)
    {
        switch (value)
        {
            case null or DBNull:
                _output.Op(Opcode.None);
                return true;
            case bool truth:
                _output.Op(truth ? Opcode.NewTrue : Opcode.NewFalse);
                return true;
            case Enum:
                return false;
            case int number:
                _output.Int(number);
                return true;
            case long number:
                _output.Long(number);
                return true;
            case byte or sbyte or short or ushort or uint or nint:
                _output.Long(Integer(value));
                return true;
            case ulong or nuint or Int128 or UInt128 or BigInteger:
                _output.Big(Big(value));
                return true;
            case double number:
                _output.Float(number);
                return true;
            case float number:
                _output.Float(number);
                return true;
            case Half number:
                _output.Float((double)number);
                return true;
            case char letter:
                _output.Text(letter.ToString());
                return true;
            default:
                return false;
        }
    }

    private static long Integer(object value) => value is nint native ? native : Convert.ToInt64(value, null);

    private static BigInteger Big(object value) => value switch
    {
        ulong number => number,
        nuint number => number,
        Int128 number => number,
        UInt128 number => number,
        _ => (BigInteger)value,
    };

    /// <summary>Writes an object with an identity, which may occur again.</summary>
    private void Reference(object value)
    {
        if (_output.TryAgain(value))
        {
            return;
        }

        if (_path.Depth >= _limits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new UnsendableException($"is nested deeper than {_limits.MaxDepth} levels");
        }

        if (_reduce?.Invoke(value) is { } reduced)
        {
            Object(reduced);
            _output.Alias(value, reduced);
            return;
        }

        if (!TryAtom(value) && !TryCollection(value))
        {
            throw new UnsendableException(PickleRefusals.Reason(value));
        }
    }

    private bool TryAtom(object value)
    {
        switch (value)
        {
            case string text:
                _output.Text(text);
                _output.Memoize(value);
                return true;
            case byte[] bytes:
                _output.Bytes(bytes);
                _output.Memoize(value);
                return true;
            case ReadOnlyMemory<byte> bytes:
                _output.Bytes(bytes.Span);
                return true;
            case ArraySegment<byte> bytes:
                _output.Bytes(bytes);
                return true;
            case Memory<byte> bytes:
                Mutable("bytearray");
                _output.Global("builtins", "bytearray");
                _output.Bytes(bytes.Span);
                _output.Op(Opcode.Tuple1);
                _output.EndCall(value);
                return true;
            case Complex number:
                _output.Global("builtins", "complex");
                _output.Float(number.Real);
                _output.Float(number.Imaginary);
                _output.Op(Opcode.Tuple2);
                _output.Op(Opcode.Reduce);
                return true;
            case PythonObject unknown:
                Object(unknown);
                return true;
            case Exception exception:
                Exception(exception);
                return true;
            default:
                return PickleDates.TryWrite(_output, value);
        }
    }

    /// <summary>Rejects a mutable value as a key: Python has no hash for it.</summary>
    private void Mutable(string kind)
    {
        if (_keys > 0)
        {
            throw new UnsendableException(
                $"would be a {kind} of Python inside a key or an element of a set, and Python cannot hash those: use a tuple, a frozen set or bytes");
        }
    }

    private void Exception(Exception exception)
    {
        var (module, name, arguments, attributes) = ExceptionMapping.ToPython(exception);
        _output.Global(module, name);
        int keys = _keys;
        _keys = 0; // An exception is hashed by identity, whatever it holds.
        Part(arguments, static _ => "its arguments", null);
        if (_output.EndCall(exception) && attributes.Count > 0)
        {
            Part(attributes, static _ => "its attributes", null);
            _output.Op(Opcode.Build);
        }

        _keys = keys;
    }

    private void Part(object? value, Func<object?, string> place, object? of)
    {
        _path.EnterPart(place, of);
        Value(value);
        _path.Leave();
    }

    private void Key(object? key)
    {
        if (!TryScalar(key))
        {
            _keys++;
            Part(key, static key => $"key {PythonText.Of(key)}", key);
            _keys--;
        }
    }

    private void Item(object? value, int index)
    {
        if (!TryScalar(value))
        {
            _path.EnterItem(index);
            Reference(value!);
            _path.Leave();
        }
    }

    private void Entry(object? key, object? value)
    {
        if (!TryScalar(value))
        {
            _path.EnterValue(key);
            Reference(value!);
            _path.Leave();
        }
    }
}
