using System.Runtime.Serialization;
#pragma warning disable SYSLIB0050 // Users have such classes.
#pragma warning disable SYSLIB0051, CS0672

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>Classes that are ISerializable: what they give, and their constructor.</summary>
public sealed class OwnFormTests
{
    private class Secret : ISerializable
    {
        [NonSerialized]
        private readonly int _value;

        public Secret(int value) => _value = value;

        protected Secret(SerializationInfo info, StreamingContext context)
        {
            _value = ~info.GetInt32("hidden");
            Other = (Secret?)info.GetValue("other", typeof(Secret));
        }

        public int Value => _value;

        public Secret? Other { get; set; }

        public virtual void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            info.AddValue("hidden", ~_value);
            info.AddValue("other", Other, typeof(Secret));
        }
    }

    private sealed class More : Secret
    {
        [NonSerialized]
        private readonly List<string> _words;

        public More(int value, params string[] words)
            : base(value) => _words = [.. words];

        private More(SerializationInfo info, StreamingContext context)
            : base(info, context) => _words = [.. (string[])info.GetValue("words", typeof(string[]))!];

        public List<string> Words => _words;

        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue("words", _words.ToArray());
        }
    }

    private readonly struct Money : ISerializable
    {
        public Money(decimal amount) => Amount = amount;

        private Money(SerializationInfo info, StreamingContext context) => Amount = info.GetDecimal("a") / 100;

        public decimal Amount { get; }

        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.AddValue("a", Amount * 100);
    }

    private sealed class NoConstructor(int value) : ISerializable
    {
        public int Value { get; } = value;

        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.AddValue("v", Value);
    }

    private sealed class Single : ISerializable
    {
        public static Single Instance { get; } = new();

        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.SetType(typeof(Helper));

        private sealed class Helper : IObjectReference
        {
            public object GetRealObject(StreamingContext context) => Instance;
        }
    }

    private sealed class Currency : IObjectReference
    {
        private readonly string _code;

        private Currency(string code) => _code = code;

        public static Currency Euro { get; } = new("EUR");

        public static Currency Pound { get; } = new("GBP");

        public object GetRealObject(StreamingContext context) => _code == "EUR" ? Euro : Pound;
    }

    private sealed class Gadget : ISerializable
    {
        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.SetType(typeof(System.Data.DataSet));
    }

    private sealed class Named : ISerializable
    {
        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.FullTypeName = "System.Data.DataSet";
    }

    private sealed class OldDictionary : Dictionary<string, int>
    {
        [NonSerialized]
        private readonly int _extra;

        public OldDictionary(int extra)
            : base(StringComparer.OrdinalIgnoreCase) => _extra = extra;

        private OldDictionary(SerializationInfo info, StreamingContext context)
            : base(info, context) => _extra = info.GetInt32("extra");

        public int Extra => _extra;

        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue("extra", _extra);
        }
    }

    [Fact]
    public void Serializable_WithItsConstructor_ArrivesWhole()
    {
        Wire.RoundTrip(new Secret(7)).Value.ShouldBe(7);
        var copy = Wire.RoundTrip<object>(new More(7, "a", "b") { Other = new Secret(8) }).ShouldBeOfType<More>();
        copy.Value.ShouldBe(7);
        copy.Words.ShouldBe(["a", "b"]);
        copy.Other!.Value.ShouldBe(8);
        Wire.RoundTrip(new List<Secret> { new(1), new More(2) })[1].Value.ShouldBe(2);
    }

    [Fact]
    public void Serializable_ThatRefersToItself_IsClosed()
    {
        var secret = new Secret(3);
        secret.Other = secret;
        var copy = Wire.RoundTrip(secret);
        copy.Other.ShouldBeSameAs(copy);
        copy.Value.ShouldBe(3);
    }

    [Fact]
    public void Serializable_Struct_ArrivesWhole()
    {
        Wire.RoundTrip(new Money(1.25m)).Amount.ShouldBe(1.25m);
        Wire.RoundTrip(new[] { new Money(2) })[0].Amount.ShouldBe(2m);
        Wire.RoundTrip<object>(new Money(3)).ShouldBe(new Money(3));
        Wire.RoundTrip<Money?>(new Money(3)).ShouldBe(new Money(3));
    }

    [Fact]
    public void Serializable_WithoutItsConstructor_IsRefused() => Wire.RefusalOf(new object[] { new NoConstructor(5) }).ShouldEndWith(
        "element 0 is ISerializable without the constructor NoConstructor(SerializationInfo, StreamingContext), which would make it there: add that, or "
            + "configure a Reducer");

    [Fact]
    public void Reference_ToASingleObject_IsThatObject()
    {
        Wire.RoundTrip(Single.Instance).ShouldBeSameAs(Single.Instance);
        var two = Wire.RoundTrip(new[] { Currency.Euro, Currency.Pound, Currency.Euro });
        two[0].ShouldBeSameAs(Currency.Euro);
        two[1].ShouldBeSameAs(Currency.Pound);
        two[2].ShouldBeSameAs(Currency.Euro);
    }

    [Fact]
    public void Serializable_ThatWantsATypeOfDotNet_IsRefused()
    {
        Wire.RefusalOf(new Gadget()).ShouldEndWith("it wants a System.Data.DataSet to arrive in its place: that must be a class of the app");
        Wire.RefusalOf(new Named()).ShouldEndWith("it names its substitute in GetObjectData by text: use SetType");
    }

    [Fact]
    public void Serializable_DerivedFromADictionary_HasEntriesAndComparer()
    {
        var copy = Wire.RoundTrip(new OldDictionary(5) { ["a"] = 1 });
        copy.Extra.ShouldBe(5);
        copy["A"].ShouldBe(1);
    }
}
