using Multiproc.Nodes;
using Multiproc.Serialization;

namespace Multiproc.Tests.States;

/// <summary>References are found in bytes of any origin, and bytes that only look like one do no harm.</summary>
public sealed class ReferenceMarkTests
{
    private static readonly NodeAddress s_node = new(Guid.NewGuid(), 7, "/run/x.sock", "SyncManager-1");

    [Fact]
    public void Find_ReferencesBetweenOtherBytes_FindsAllInOrder()
    {
        using var writer = new WireWriter();
        writer.Raw([1, 2, 3, 0x9F, 0xD3]);
        Write(writer, 5);
        writer.Raw(ReferenceMark.Bytes[..4]);
        Write(writer, long.MaxValue);
        ReferenceMark.Find(writer.Written).ShouldBe([(s_node, 5), (s_node, long.MaxValue)]);
    }

    [Fact]
    public void Find_CutOrForgedReferences_AreSkipped()
    {
        using var writer = new WireWriter();
        Write(writer, 5);
        byte[] whole = writer.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            ReferenceMark.Find(whole.AsSpan(0, length)).ShouldBeEmpty();
        }

        byte[] twice = [.. ReferenceMark.Bytes, .. whole];
        ReferenceMark.Find(twice).ShouldContain((s_node, 5L));
        byte[] many = [.. Enumerable.Repeat(ReferenceMark.Bytes.ToArray(), 1000).SelectMany(static each => each)];
        ReferenceMark.Find(many).ShouldAllBe(static found => found.Id >= 0);
    }

    [Fact]
    public void Find_RandomBytes_NeverFails()
    {
        var random = new Random(81);
        for (int i = 0; i < 2000; i++)
        {
            byte[] tail = new byte[random.Next(60)];
            random.NextBytes(tail);
            ReferenceMark.Find([.. ReferenceMark.Bytes, .. tail]).Count.ShouldBeLessThanOrEqualTo(1);
        }
    }

    private static void Write(WireWriter writer, long id)
    {
        writer.Raw(ReferenceMark.Bytes);
        s_node.WriteTo(writer);
        writer.VarUInt((ulong)id);
    }
}
