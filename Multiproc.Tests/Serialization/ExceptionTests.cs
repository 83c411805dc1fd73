namespace Multiproc.Tests.Serialization;

public sealed class ExceptionTests
{
    private sealed class OrderException(string message, int order, List<string> lines) : Exception(message)
    {
        public int Order { get; } = order;

        public List<string> Lines { get; } = lines;

        public override string Message => $"{base.Message} (order {Order})";
    }

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    [Fact]
    public void Exception_Thrown_KeepsTypeMessageStackAndCause()
    {
        var copy = Wire.RoundTrip(Thrown(new InvalidOperationException("outer", Thrown(new KeyNotFoundException("inner")))));
        copy.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("outer");
        copy.StackTrace!.ShouldContain(nameof(Thrown));
        copy.InnerException.ShouldBeOfType<KeyNotFoundException>().Message.ShouldBe("inner");
        copy.InnerException.StackTrace!.ShouldContain(nameof(Thrown));
    }

    [Fact]
    public void Exception_ThrownAgain_ShowsBothStacks()
    {
        var copy = Wire.RoundTrip(Thrown(new InvalidOperationException("there")));
        var again = Should.Throw<InvalidOperationException>(() => throw copy);
        again.StackTrace!.ShouldContain(nameof(Thrown));
        again.StackTrace!.ShouldContain(nameof(Exception_ThrownAgain_ShowsBothStacks));
    }

    [Fact]
    public void Exception_NeverThrown_HasNoStack()
    {
        var copy = Wire.RoundTrip(new InvalidOperationException());
        copy.StackTrace.ShouldBeNull();
        copy.InnerException.ShouldBeNull();
        copy.HResult.ShouldBe(new InvalidOperationException().HResult);
        copy.Message.ShouldBe(new InvalidOperationException().Message);
    }

    [Fact]
    public void Exception_FieldsOfItsClass_AreKept()
    {
        var copy = Wire.RoundTrip<Exception>(Thrown(new OrderException("refused", 7, ["a", "b"]))).ShouldBeOfType<OrderException>();
        copy.Message.ShouldBe("refused (order 7)");
        copy.Lines.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Exception_OfTheFramework_KeepsPlainFields()
    {
        var missing = Wire.RoundTrip(new FileNotFoundException("gone", "a.txt"));
        missing.FileName.ShouldBe("a.txt");
        Wire.RoundTrip(new ArgumentNullException("name", "text")).ParamName.ShouldBe("name");
        Wire.RoundTrip(new System.Net.Sockets.SocketException(10061)).NativeErrorCode.ShouldBe(new System.Net.Sockets.SocketException(10061).NativeErrorCode);
        Wire.RoundTrip(new OperationCanceledException("stop", new CancellationToken(canceled: true))).CancellationToken.ShouldBe(default);
    }

    [Fact]
    public void Aggregate_AllInnerExceptions_AreKept()
    {
        var original = new AggregateException("several", Thrown(new InvalidOperationException("a")), new OrderException("b", 1, []));
        var copy = Wire.RoundTrip(original);
        copy.Message.ShouldBe(original.Message);
        copy.InnerExceptions.Select(e => e.Message).ShouldBe(["a", "b (order 1)"]);
        copy.InnerException.ShouldBeSameAs(copy.InnerExceptions[0]);
    }

    [Fact]
    public void Exception_FieldThatCannotBeSent_IsNamed() =>
        Wire.RefusalOf(new WithStream()).ShouldBe(
            "cannot send Multiproc.Tests.Serialization.ExceptionTests.WithStream: field '_stream' is a System.IO.Stream.NullStream");

    private sealed class WithStream : Exception
    {
        private readonly Stream _stream = Stream.Null;

        public override string Message => _stream.Length.ToString();
    }
}
