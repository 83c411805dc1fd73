using System.Runtime.CompilerServices;
using Multiproc.Peers.References;
using Multiproc.States;

namespace Multiproc.Serialization;

/// <summary>
/// Values as bytes and back: what a user's method takes and gives between processes. See docs/wire-protocol.md for the format and docs/serialization.md
/// for what can be sent.
/// </summary>
internal static class Serializer
{
    /// <summary>A single huge value is not paid for ever.</summary>
    private const int LargestKept = 8 * 1024 * 1024;

    [ThreadStatic]
    private static WriteContext? s_writing;

    [ThreadStatic]
    private static ReadContext? s_reading;

    [ThreadStatic]
    private static WireWriter? s_buffer;

    /// <summary>Told of every packed value that refers to counted objects.</summary>
    public static Action<byte[]>? ReferencesPacked { get; set; }

    /// <exception cref="SerializationException">The value, or a part of it, cannot be sent: the message names the path to it. Nothing was written.</exception>
    public static void Serialize<T>(WireWriter writer, T value)
    {
        if (!TryWriteNumber(writer, value))
        {
            Serialize(writer, value, named: false);
        }
    }

    /// <summary>The same bytes as those of the value as an object, which name its type; a value type is not boxed.</summary>
    /// <exception cref="SerializationException">The value, or a part of it, cannot be sent: the message names the path to it. Nothing was written.</exception>
    public static void SerializeNamed<T>(WireWriter writer, T value) => Serialize(writer, value, named: true);

    private static void Serialize<T>(WireWriter writer, T value, bool named, bool forNewProcess = false)
    {
        int start = writer.Length;
        var context = (s_writing ?? new WriteContext()).Begin(writer);
        context.IsForNewProcess = forNewProcess;
        s_writing = null; // A codec of a user's facade may serialize again on this thread.
        try
        {
            if (named)
            {
                Slot<T>.WriteNamed(context, value);
            }
            else
            {
                Slot<T>.Write(context, value);
            }

            writer.RequireFits();
        }
        catch (UnsendableException unsendable)
        {
            writer.Truncate(start);
            throw unsendable.ToError(value!);
        }
        catch
        {
            writer.Truncate(start);
            throw;
        }
        finally
        {
            context.End();
            s_writing = context;
        }
    }

    /// <exception cref="SerializationException">The bytes are not a value of this type.</exception>
    public static T Deserialize<T>(ref WireReader reader)
    {
        if (TryReadNumber(ref reader, out T number))
        {
            return number;
        }

        Deserialize(ref reader, named: false, out T value);
        return value;
    }

    /// <summary>Reads what <see cref="SerializeNamed"/> wrote without boxing it. False: it is of another type, and nothing was read.</summary>
    /// <exception cref="SerializationException">The bytes are not a value of this type.</exception>
    public static bool TryDeserializeNamed<T>(ref WireReader reader, out T value) => Deserialize(ref reader, named: true, out value);

    private static bool Deserialize<T>(ref WireReader reader, bool named, out T value)
    {
        var context = s_reading ?? new ReadContext();
        s_reading = null;
        try
        {
            bool isRead = true;
            if (named)
            {
                isRead = Slot<T>.TryReadNamed(context, ref reader, out value);
            }
            else
            {
                value = Slot<T>.Read(context, ref reader);
            }

            context.Complete();
            return isRead;
        }
        catch (UnsendableException unsendable)
        {
            throw new SerializationException($"Malformed value: a {typeof(T)} cannot have been sent: it {unsendable.Message}.", unsendable);
        }
        catch (Exception failed) when (failed is not (MultiprocException or OutOfMemoryException or FileNotFoundException))
        {
            // Code of the app runs on half-read values: hash codes and comparisons of keys, static constructors.
            throw new SerializationException($"Malformed value: these bytes do not make a {typeof(T)} ({SentFailure.MessageOf(failed)})", failed);
        }
        finally
        {
            context.End();
            s_reading = context;
        }
    }

    /// <summary>A value by itself, in an array of the right size.</summary>
    /// <exception cref="SerializationException">The value cannot be sent.</exception>
    public static Payload Pack<T>(T value) => PackWith(value, out _, forNewProcess: false);

    /// <summary>What a new process begins with: besides, every type must be of the app itself.</summary>
    /// <exception cref="SerializationException">The value cannot be sent, or a new process would not have its code.</exception>
    public static Payload PackForNewProcess<T>(T value) => PackWith(value, out _, forNewProcess: true);

    /// <summary>The same, with what this process keeps for the receiver: to be disposed when it is known that there is none.</summary>
    /// <exception cref="SerializationException">The value cannot be sent.</exception>
    public static Payload PackConsigning<T>(T value, bool forNewProcess, out IReadOnlyList<IDisposable>? consigned) => PackWith(value, out consigned, forNewProcess);

    private static Payload PackWith<T>(T value, out IReadOnlyList<IDisposable>? consigned, bool forNewProcess)
    {
        var buffer = s_buffer ?? new WireWriter { IsForValues = true };
        s_buffer = null;
        try
        {
            buffer.Reset();
            if (forNewProcess)
            {
                Serialize(buffer, value, named: false, forNewProcess: true);
            }
            else
            {
                Serialize(buffer, value);
            }

            consigned = buffer.TakeConsigned();
            byte[] packed = buffer.ToArray();
            if (buffer.HoldsReferences)
            {
                ReferencesPacked?.Invoke(packed);
            }

            return new Payload(packed);
        }
        finally
        {
            s_buffer = buffer.Capacity <= LargestKept ? buffer : null;
        }
    }

    /// <exception cref="SerializationException">The bytes are not exactly one value of this type.</exception>
    public static T Unpack<T>(Payload payload)
    {
        var reader = new WireReader(payload.Bytes.Span);
        var value = Deserialize<T>(ref reader);
        return reader.AtEnd
            ? value
            : throw new SerializationException($"Malformed value: {reader.Remaining} bytes are left after a {typeof(T)}.");
    }

    // The compiler of the runtime keeps one branch per type, without boxing: the commonest messages need no context.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryWriteNumber<T>(WireWriter writer, T value)
    {
        if (typeof(T) == typeof(int))
        {
            writer.VarInt((int)(object)value!);
            return true;
        }

        if (typeof(T) == typeof(long))
        {
            writer.VarInt((long)(object)value!);
            return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadNumber<T>(ref WireReader reader, out T value)
    {
        if (typeof(T) == typeof(int))
        {
            value = (T)(object)Codecs.Primitives.ReadInt32(ref reader);
            return true;
        }

        if (typeof(T) == typeof(long))
        {
            value = (T)(object)reader.VarInt();
            return true;
        }

        value = default!;
        return false;
    }
}
