using System.Runtime.CompilerServices;

namespace Multiproc.Serialization;

/// <summary>
/// Serializes the values that are exchanged between processes. See docs/wire-protocol.md for the format and docs/serialization.md
/// for the sendable types.
/// </summary>
internal static class Serializer
{
    /// <summary>The largest buffer that a thread keeps: a single huge value must not occupy memory forever.</summary>
    private const int LargestKept = 8 * 1024 * 1024;

    [ThreadStatic]
    private static WriteContext? s_writing;

    [ThreadStatic]
    private static ReadContext? s_reading;

    [ThreadStatic]
    private static WireWriter? s_buffer;

    /// <summary>Whether what is packed outlives processes: also what a part of it packs by itself.</summary>
    [ThreadStatic]
    private static bool s_outlives;

    /// <summary>Called with every packed value that refers to counted objects.</summary>
    public static Action<byte[]>? ReferencesPacked { get; set; }

    /// <exception cref="SerializationException">
    /// The value, or a part of it, cannot be serialized: the message names the path to it. Nothing was written.
    /// </exception>
    public static void Serialize<T>(WireWriter writer, T value)
    {
        if (!TryWriteNumber(writer, value))
        {
            Serialize(writer, value, named: false);
        }
    }

    /// <summary>Writes a value as an object, with its type, but without boxing a value type.</summary>
    /// <exception cref="SerializationException">
    /// The value, or a part of it, cannot be serialized: the message names the path to it. Nothing was written.
    /// </exception>
    public static void SerializeNamed<T>(WireWriter writer, T value) => Serialize(writer, value, named: true);

    private static void Serialize<T>(WireWriter writer, T value, bool named, bool forNewProcess = false)
    {
        int start = writer.Length;
        var context = (s_writing ?? new WriteContext()).Begin(writer);
        context.IsForNewProcess = forNewProcess;
        s_writing = null; // A codec may serialize again on this thread.
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

    /// <summary>
    /// Reads a value written by <see cref="SerializeNamed"/>, without boxing it. Returns false if it is of another type, and then reads nothing.
    /// </summary>
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
            // App code may fail on partly read values: hash codes and comparisons of keys, static constructors.
            throw new SerializationException($"Malformed value: these bytes do not make a {typeof(T)} ({SentFailure.MessageOf(failed)})", failed);
        }
        finally
        {
            context.End();
            s_reading = context;
        }
    }

    /// <summary>Serializes a single value into an array of its exact size.</summary>
    /// <exception cref="SerializationException">The value cannot be serialized.</exception>
    public static Payload Pack<T>(T value) => PackWith(value, out _, forNewProcess: false);

    /// <summary>Serializes a value that is kept for longer than any process lives, as in the journal of a cluster.</summary>
    /// <exception cref="SerializationException">The value cannot be serialized, or refers to an object of a process.</exception>
    public static Payload PackToOutlive<T>(T value)
    {
        bool outer = s_outlives;
        s_outlives = true;
        try
        {
            return PackWith(value, out _, forNewProcess: false);
        }
        finally
        {
            s_outlives = outer;
        }
    }

    /// <summary>Serializes the work of a new process, for which every type must belong to the app itself.</summary>
    /// <exception cref="SerializationException">The value cannot be serialized, or a new process would not have its code.</exception>
    public static Payload PackForNewProcess<T>(T value) => PackWith(value, out _, forNewProcess: true);

    /// <summary>
    /// Serializes a single value, and returns the resources that this process keeps for the receiver: to be disposed if it turns out that there is none.
    /// </summary>
    /// <exception cref="SerializationException">The value cannot be serialized.</exception>
    public static Payload PackConsigning<T>(T value, bool forNewProcess, out IReadOnlyList<IDisposable>? consigned) =>
        PackWith(value, out consigned, forNewProcess);

    private static Payload PackWith<T>(T value, out IReadOnlyList<IDisposable>? consigned, bool forNewProcess)
    {
        var buffer = s_buffer ?? new WireWriter { IsForValues = true };
        s_buffer = null;
        try
        {
            buffer.Reset();
            buffer.OutlivesProcesses = s_outlives;
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

    // The JIT compiler keeps one branch per type, without boxing: the most common messages need no context.
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
