using System.Runtime.Serialization;
#pragma warning disable SYSLIB0051, CS0672, SYSLIB0050 // Users have such classes.

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>Exceptions of the app with rules of their own, and what all exceptions have besides.</summary>
public sealed class ExceptionRuleTests
{
    private sealed class Coded : Exception
    {
        [NonSerialized]
        private readonly int _code;

        public Coded(string message, int code, Exception? inner = null)
            : base(message, inner) => _code = code;

        private Coded(SerializationInfo info, StreamingContext context)
            : base(info, context) => _code = info.GetInt32("code");

        public int Code => _code;

        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue("code", _code);
        }
    }

    private sealed class Decorated : Exception
    {
        [NonSerialized]
        private string? _shown;

        public override string Message => $"<{base.Message}>{_shown}";

        [OnDeserialized]
        private void Show(StreamingContext context) => _shown = "!";
    }

    private sealed class Wrong : Exception
    {
        public Wrong()
        {
        }

        private Wrong(SerializationInfo info, StreamingContext context)
            : base(info, context) => throw new InvalidOperationException("nobody calls this");

        public int Number { get; init; }
    }

    [Fact]
    public void Exception_WithGetObjectData_KeepsWhatItsFieldsDoNot()
    {
        var original = new Coded("m", 7, new InvalidOperationException("inner")) { HResult = 99 };
        original.Data["k"] = 1;
        var copy = Wire.RoundTrip<Exception>(original).ShouldBeOfType<Coded>();
        copy.Code.ShouldBe(7);
        copy.Message.ShouldBe("m");
        copy.HResult.ShouldBe(99);
        copy.InnerException.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("inner");
        copy.Data["k"].ShouldBe(1);
    }

    [Fact]
    public void Exception_ThatNeedsNoConstructor_IsMadeWithoutIt() => Wire.RoundTrip(new Wrong { Number = 4 }).Number.ShouldBe(4);

    [Fact]
    public void Message_ThatIsMadeOnDemand_IsNotMadeTwice()
    {
        var original = new Decorated();
        Wire.RoundTrip(original).Message.ShouldBe($"{original.Message}!");
    }

    [Fact]
    public void Data_ThatCannotBeSent_StaysAtNodeAlone()
    {
        object shared = new List<int> { 1 };
        var original = new ArgumentOutOfRangeException("p", Stream.Null, "m") { HelpLink = "http://help" };
        original.Data["first"] = shared;
        original.Data["stream"] = new object[] { shared, new List<string>(), Stream.Null };
        original.Data["last"] = shared;
        original.Data["again"] = new List<string> { "x" };
        var copy = Wire.RoundTrip(original);
        copy.Data.Count.ShouldBe(3);
        copy.Data["last"].ShouldBeSameAs(copy.Data["first"]);
        copy.Data["again"].ShouldBe(new List<string> { "x" });
        copy.ActualValue.ShouldBeNull();
        copy.ParamName.ShouldBe("p");
        copy.HelpLink.ShouldBe("http://help");
        Wire.RoundTrip(new ArgumentOutOfRangeException("p", (1, "two"), "m")).ActualValue.ShouldBe((1, "two"));
    }

    [Fact]
    public void Properties_ThatAreNoText_AreKept()
    {
        var request = Wire.RoundTrip(new HttpRequestException(HttpRequestError.NameResolutionError, "m", null, System.Net.HttpStatusCode.NotFound));
        request.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        request.HttpRequestError.ShouldBe(HttpRequestError.NameResolutionError);
        var json = Wire.RoundTrip(new System.Text.Json.JsonException("m", "$.a", 4, 5));
        json.LineNumber.ShouldBe(4);
        json.BytePositionInLine.ShouldBe(5);
        json.Path.ShouldBe("$.a");
    }
}
