using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>What cannot be written, and that the message leads to it.</summary>
public sealed class PickleUnsendableTests
{
    public static TheoryData<object, string> Values => new()
    {
        { Guid.Empty, "it is a Guid" }, { 1m, "it is a decimal" }, { DayOfWeek.Monday, "it is the enum System.DayOfWeek" },
        { new Point(1, 2), "Point, which has no plain counterpart" },
        { new object(), "no plain counterpart" }, { new Action(() => { }), "is a delegate" }, { typeof(int), "is a type" },
        { new int[1, 1], "more than one dimension" },
        { new Queue<int>(), "send it as a list" }, { Enumerable.Range(0, 3).Where(_ => true), "send it as a list" },
        { new object[] { 1, new Dictionary<string, object> { ["a"] = (1, Guid.Empty) } }, "cannot send System.Object[]: [1] → ['a'] → [1] is a Guid" },
        { new Dictionary<object, int> { [new Point(1, 2)] = 1 }, "has no plain counterpart" },
        { new Dictionary<object, int> { [new List<int>()] = 1 }, "would be a list of Python inside a key" },
        { new HashSet<object> { new byte[1].AsMemory() }, "would be a bytearray" }, { new HashSet<object> { new Dictionary<int, int>() }, "would be a dict" },
        { new HashSet<object> { (1, new HashSet<int>()) }, "would be a set" },
        { new Dictionary<object, int> { [1] = 1, [1.0] = 2 }, "two keys that are one in Python: 1" },
        { new Dictionary<object, int> { [true] = 1, ["a"] = 1, [1L] = 2 }, "two keys" },
        { new PythonException("os.system", "ls"), "class os.system" }, { new PythonException("ValueError", Guid.Empty), "its arguments → [0] is a Guid" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Write_Unsendable_NamesThePath(object value, string fault)
    {
        foreach (int protocol in new[] { 2, 4 })
        {
            Should.Throw<SerializationException>(() => PickleWriter.ToBytes(value, protocol)).Message.ShouldContain(fault);
        }
    }

    [Fact]
    public void Write_TooDeep_IsRefused()
    {
        object value = new List<object>();
        for (int i = 0; i < 2000; i++)
        {
            value = new List<object> { value };
        }

        Should.Throw<SerializationException>(() => PickleWriter.ToBytes(value)).Message.ShouldContain(
            "→ … 987 more levels … → [0] is nested deeper than 1000 levels");
    }

    [Fact]
    public void Write_Unsendable_LeavesTheBufferAsItWas()
    {
        using var writer = new WireWriter();
        writer.Int32(7);
        Should.Throw<SerializationException>(() => PickleWriter.Write(writer, new object[] { new string('x', 5000), Guid.Empty }));
        writer.Length.ShouldBe(4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void Write_OtherProtocol_IsMisuse(int protocol) => Should.Throw<ArgumentOutOfRangeException>(() => PickleWriter.ToBytes(1, protocol));

    private sealed record Point(int X, int Y);
}
