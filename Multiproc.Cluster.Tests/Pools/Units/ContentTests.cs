using Multiproc.Cluster.Pools;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>Large contents are sent once, as long as the other side keeps them; what it reads is what was written, whatever went meanwhile.</summary>
public sealed class ContentTests
{
    private const int Large = 100_000;

    [Fact]
    public void Write_SameContentAgain_SendsItsNumber()
    {
        var (writer, reader) = (new ContentWriter(1 << 20), new ContentReader(1 << 20));
        byte[] table = Bytes(Large, 1);
        Pass(writer, reader, table, 7).Sent.ShouldBeGreaterThan(Large);
        Pass(writer, reader, table, 8).Sent.ShouldBeLessThan(100);
        writer.Spared.ShouldBe(Large);
    }

    [Fact]
    public void Write_InAnyOrderWithLittleRoom_IsReadAsWritten()
    {
        const long room = 5 * Large;
        var (writer, reader) = (new ContentWriter(room), new ContentReader(room));
        var random = new Random(1);
        byte[][] tables = [.. Enumerable.Range(0, 9).Select(static seed => Bytes(Large + seed, seed)), Bytes((int)room + 1, 99), Bytes(10, 5)];
        for (int i = 0; i < 500; i++)
        {
            byte[] table = tables[random.Next(tables.Length)];
            var (message, _) = Pass(writer, reader, table, i);
            message.AsSpan().SequenceEqual(Expected(table, i)).ShouldBeTrue($"message {i}");
            reader.KeptBytes.ShouldBeLessThanOrEqualTo(room);
        }

        writer.Spared.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Read_WhatNobodyWrote_IsRefused()
    {
        Refuses([(byte)ContentPart.Known, 1]);
        Refuses([(byte)ContentPart.Kept, 3, 1, 2, 3]);
        Refuses([(byte)ContentPart.Inline, 200]);
        Refuses([9]);

        static void Refuses(byte[] bytes) => Should.Throw<SerializationException>(() =>
        {
            var from = new WireReader(bytes);
            new ContentReader(1 << 20).Read(ref from, new WireWriter());
        });
    }

    private static (byte[] Message, int Sent) Pass(ContentWriter writer, ContentReader reader, byte[] table, int number)
    {
        var message = new WireWriter { KeepsPieces = true };
        message.Int32(number);
        message.RawArray(table);
        message.Int32(-number);
        var wire = new WireWriter();
        writer.Write(wire, message);
        var from = new WireReader(wire.Written);
        var read = new WireWriter();
        reader.Read(ref from, read);
        return (read.ToArray(), wire.Length);
    }

    private static byte[] Expected(byte[] table, int number)
    {
        var message = new WireWriter();
        message.Int32(number);
        message.Raw(table);
        message.Int32(-number);
        return message.ToArray();
    }

    private static byte[] Bytes(int size, int seed)
    {
        byte[] bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
