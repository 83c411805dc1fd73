using Multiproc.Connections;
using Multiproc.Serialization;

namespace Multiproc.Tests.Connections;

/// <summary>The objects of a connection: whoever knows the type of a value writes and reads the bytes of who does not.</summary>
public sealed class NativeFormatTests
{
    private const int UntilCompiled = 40;

    public static TheoryData<object> Values =>
        [7, -8L, 2.5, true, false, 'x', 1.5f, (1, "abc", 2.5), new Nested(new Nested(null, 1), 2), Guid.Empty, DayOfWeek.Friday, "text", new[] { 1, 2 }];

    [Theory]
    [MemberData(nameof(Values))]
    public void Write_TypeKnownOrNot_AreTheSameBytes(object value)
    {
        for (int i = 0; i < UntilCompiled; i++)
        {
            ((byte[])Known.Write((dynamic)value)).ShouldBe(Known.Write<object>(value));
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Read_TypeKnownOrNot_IsTheValue(object value)
    {
        byte[] message = Known.Write(value);
        for (int i = 0; i < UntilCompiled; i++)
        {
            ((object)Known.Read((dynamic)value, message)).ShouldBe(value);
            NativeFormat.Instance.Read<object>(message).ShouldBe(value);
        }
    }

    [Fact]
    public void Read_AnotherStructCame_NamesBoth()
    {
        string said = Should.Throw<SerializationException>(() => NativeFormat.Instance.Read<Nested>(Known.Write((1, 2)))).Message;
        said.ShouldContain("ValueTuple");
        said.ShouldContain("Nested");
    }

    [Fact]
    public void Read_NullableOfAStruct_IsItOrNull()
    {
        NativeFormat.Instance.Read<Nested?>(Known.Write<Nested?>(new Nested(null, 3))).ShouldBe(new Nested(null, 3));
        NativeFormat.Instance.Read<Nested?>(Known.Write<Nested?>(null)).ShouldBeNull();
        Should.Throw<SerializationException>(() => NativeFormat.Instance.Read<Nested>(Known.Write<object?>(null)));
    }

    [Fact]
    public void Write_StructWithAPartThatCannotBeSent_NamesThePartAlsoWhenCompiled()
    {
        for (int i = 0; i < UntilCompiled; i++)
        {
            Known.Write(new Nested(null, i));
            Should.Throw<SerializationException>(() => Known.Write(new Nested(Thread.CurrentThread, i))).Message.ShouldContain("field 'Inner'");
        }
    }

    [Fact]
    public void Read_CutAnywhere_IsMalformed()
    {
        byte[] message = Known.Write((1, "abc", new Nested(2.5, 3)));
        NativeFormat.Instance.Read<(int, string, Nested)>(message).ShouldBe((1, "abc", new Nested(2.5, 3)));
        for (int size = 0; size < message.Length; size++)
        {
            Should.Throw<SerializationException>(() => NativeFormat.Instance.Read<(int, string, Nested)>(message.AsSpan(0, size)), $"{size} bytes");
        }
    }

    private static class Known
    {
        public static byte[] Write<T>(T value)
        {
            var writer = new WireWriter();
            NativeFormat.Instance.Write(writer, value);
            return writer.ToArray();
        }

        public static T Read<T>(T sample, byte[] message) => NativeFormat.Instance.Read<T>(message);
    }

    private readonly record struct Nested(object? Inner, int Number);
}
