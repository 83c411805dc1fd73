using System.Xml.XPath;
using Multiproc.Serialization;
using Multiproc.Serialization.Codecs;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Serialization;

/// <summary>Reducers of interfaces, base classes and open generic types, and which one is used when several fit.</summary>
/// <remarks>Generic types, closed differently by each test: what a test has configured stays known, and who sends a type first decides.</remarks>
[Collection(nameof(Processes.GlobalSettings))]
public sealed class FamilyReducerTests : IDisposable
{
    private readonly MultiprocOptions _before = Mp.Options;

    public void Dispose() => Mp.Configure(_before);

    private void Use(params Reducer[] reducers) => Mp.Configure(_before with { Reducers = reducers });

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.InProcess)]
    public void ObjectsOfAnInterface_TravelByItsReducer_ThereAndBack(StartMethod method)
    {
        Use(Reducer.ForAll(static (ITap<int> tap) => tap.Litres, static litres => new OtherTap<int>(litres + 1)));
        using var taps = Mp.Queue<ITap<int>>();
        var tap = new Tap<int>(5);
        using var process = Mp.GetContext(method).Process(
            static (pair, queue) =>
            {
                ReferenceEquals(pair[0], pair[1]).ShouldBeTrue("one object stays one");
                queue.Put(pair[0]);
                InChild.Run(() => queue.Put(pair[1]));
            }, new ITap<int>[] { tap, tap }, taps);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        taps.Get(InChild.Bound).ShouldBeOfType<OtherTap<int>>().Litres.ShouldBe(7, "rebuilt in the child, and here");
        taps.Get(InChild.Bound).Litres.ShouldBe(8, "and once more in its own child");
    }

    [Fact]
    public void ObjectOfAnInterface_InAPlaceOfItsClass_IsRefusedIfItIsRebuiltAsAnother()
    {
        Use(Reducer.ForAll(static (ITap<long> tap) => tap.Litres, static litres => new OtherTap<long>(litres)));
        Wire.RoundTrip<object>(new Tap<long>(1)).ShouldBeOfType<OtherTap<long>>();
        Should.Throw<SerializationException>(() => Wire.RoundTrip(new Tap<long>(1))).Message.ShouldContain("OtherTap");
    }

    [Fact]
    public void BaseClassOfNet_ThatWasRefused_GetsAForm()
    {
        Use(Reducer.ForAll(static (XPathNavigator at) => at.OuterXml, static xml => new XPathDocument(new StringReader(xml)).CreateNavigator()));
        Wire.RoundTrip(new XPathDocument(new StringReader("<a><b>text</b></a>")).CreateNavigator()).Value.ShouldBe("text");
    }

    [Fact]
    public void TypesWithAFormOfTheLibrary_KeepIt()
    {
        Use(Reducer.ForAll(static (IEnumerable<DayOfWeek> _) => 0, static _ => new DayOfWeek[7]));
        Wire.RoundTrip<IEnumerable<DayOfWeek>>(new List<DayOfWeek> { DayOfWeek.Friday }).ShouldBe([DayOfWeek.Friday]);
        Wire.RoundTrip<IEnumerable<DayOfWeek>>(new[] { DayOfWeek.Friday }.Where(static _ => true)).Count().ShouldBe(7, "a query has none");
    }

    [Fact]
    public void OfSeveralReducers_TheMostSpecificIsUsed()
    {
        Use(
            Reducer.ForAll(static (IAny<byte> _) => 0, static _ => new Form<byte>("interface")),
            Reducer.ForAll(static (IMore<byte> _) => 0, static _ => new Form<byte>("derived interface")),
            Reducer.ForAll(static (Animal<byte> _) => 0, static _ => new FormAnimal<byte>("base class")),
            Reducer.ForAll(static (Dog<byte> _) => 0, static _ => new FormDog<byte>("nearest base class")),
            Reducer.For(static (Poodle<byte> _) => 0, static _ => new Poodle<byte> { Form = "class" }));
        FormOf(new Plain<byte>()).ShouldBe("interface");
        FormOf(new More<byte>()).ShouldBe("derived interface");
        FormOf(new Cat<byte>()).ShouldBe("base class");
        FormOf(new Dachshund<byte>()).ShouldBe("nearest base class");
        FormOf(new Poodle<byte>()).ShouldBe("class");
    }

    [Fact]
    public void OfTwoInterfaces_TheFirstInTheListIsUsed()
    {
        Use(
            Reducer.ForAll(static (IOther<short> _) => 0, static _ => new Form<short>("first")),
            Reducer.ForAll(static (IAny<short> _) => 0, static _ => new Form<short>("second")));
        FormOf(new Both<short>()).ShouldBe("first");
    }

    [Fact]
    public void OpenGenericClass_TravelsByItsReducer_WithAnyArguments()
    {
        Use(Reducer.ForGeneric(typeof(Box<>), typeof(BoxReducer<>)));
        Wire.RoundTrip(new Box<int>(3)).Content.ShouldBe(4711);
        Wire.RoundTrip(new Box<string>("x")).Content.ShouldBe("x");
        Wire.RefusalOf(new SmallBox()).ShouldContain("AutoResetEvent");
    }

    [Fact]
    public void OpenGenericInterface_TravelsByItsReducer_ButAClosingOfItsOwnGoesFirst()
    {
        Use(Reducer.ForGeneric(typeof(IJar<>), typeof(JarReducer<>)), Reducer.ForAll(static (IJar<double> _) => 0, static _ => new Jar<double>(0.5)));
        ((IJar<int>)Wire.RoundTrip<object>(new RefusedJar<int>(5))).Content.ShouldBe(5);
        ((IJar<double>)Wire.RoundTrip<object>(new RefusedJar<double>(5))).Content.ShouldBe(0.5);
    }

    [Fact]
    public void ReducerThatCannotBe_IsRefusedWhenItIsMade()
    {
        Should.Throw<ArgumentException>(() => Reducer.ForAll(static (object any) => 0, static _ => new object())).Message.ShouldContain("Everything");
        Fault(typeof(List<int>), typeof(BoxReducer<>)).ShouldContain("not an open generic class or interface");
        Fault(typeof(Box<>), typeof(Form<int>)).ShouldContain("is not an open generic class");
        Fault(typeof(Dictionary<,>), typeof(BoxReducer<>)).ShouldContain("other type parameters");
        Fault(typeof(List<>), typeof(BoxReducer<>)).ShouldContain("does not implement IReducer");
        Fault(typeof(Box<>), typeof(ClosedReducer<>)).ShouldContain("no public constructor");

        static string Fault(Type of, Type reducer) => Should.Throw<ArgumentException>(() => Reducer.ForGeneric(of, reducer)).Message;
    }

    [Fact]
    public void ReducerOfAFamily_OfWhichAClassWasSentOtherwise_IsRefused_AndChangesNothing()
    {
        Wire.RoundTrip(new Known<char> { Number = 3 }).Number.ShouldBe(3);
        Should.Throw<InvalidOperationException>(() => Use(Reducer.ForAll(static (IKnown<char> known) => 0, static _ => new Known<char>())))
            .Message.ShouldContain("too late");
        Wire.RoundTrip(new Known<char> { Number = 4 }).Number.ShouldBe(4);
        Should.Throw<SerializationException>(() => Wire.RoundTrip(new Unsent<char>())).Message.ShouldContain("AutoResetEvent");
    }

    [Fact]
    public void ReducerOfAFamily_CanBeConfiguredAnew()
    {
        Use(Reducer.ForAll(static (IAny<uint> _) => 0, static _ => new Form<uint>("before")));
        FormOf(new Plain<uint>()).ShouldBe("before");
        Use(Reducer.ForAll(static (IAny<uint> _) => 0, static _ => new Form<uint>("after")));
        FormOf(new Plain<uint>()).ShouldBe("after");
        Use(Reducer.ForAll(static (Plain<uint> _) => 0, static _ => new Plain<uint> { Form = "closer" }));
        FormOf(new Plain<uint>()).ShouldBe("closer");
    }

    [Fact]
    public void FormOfAReducer_ThatTheReceiverDoesNotHave_IsRefused()
    {
        var writer = new WireWriter { IsForValues = true };
        writer.Byte((byte)SlotTag.Other);
        new WriteContext().Begin(writer).Type(typeof(ReducedForm<Unsent<sbyte>>));
        writer.VarInt(1);
        Wire.RefusalToRead<object>(writer.ToArray()).ShouldContain("which this process has not configured");
    }

    [Fact]
    public void ObjectOfAFamily_SentByItsFields_IsMalformed()
    {
        Use(Reducer.ForAll(static (IAny<ulong> _) => 0, static _ => new Form<ulong>("")));
        byte[] declared = [(byte)SlotTag.Declared, 0, 0, 0, 0];
        Wire.RefusalToRead<Plain<ulong>>(declared).ShouldContain("in the form of a reducer");
    }

    private static string FormOf(object value) => ((IForm)Wire.RoundTrip(value)).Form;

#pragma warning disable CA1040 // What is tried is what a type is.
    private interface IForm
    {
        string Form { get; }
    }

    private interface ITap<T>
    {
        T Litres { get; }
    }

    private interface IAny<T>;

    private interface IMore<T> : IAny<T>;

    private interface IOther<T>;

    private interface IJar<T>
    {
        T Content { get; }
    }

    private interface IKnown<T>;

    private sealed class Tap<T>(T litres) : ITap<T>
    {
        private readonly AutoResetEvent _unsendable = new(initialState: true);

        public T Litres => litres;

        public bool IsOpen => _unsendable.WaitOne(0);
    }

    private sealed class OtherTap<T>(T litres) : ITap<T>
    {
        private readonly AutoResetEvent _unsendable = new(initialState: true);

        public T Litres => litres;

        public bool IsOpen => _unsendable.WaitOne(0);
    }

    private sealed class Form<T>(string form) : IMore<T>, IOther<T>, IForm
    {
        string IForm.Form => form;
    }

    private class Plain<T> : IAny<T>, IForm
    {
        public string Form { get; init; } = "fields";
    }

    private sealed class More<T> : Plain<T>, IMore<T>;

    private sealed class Both<T> : IAny<T>, IOther<T>;

    private class Animal<T> : Plain<T>, IMore<T>;

    private sealed class Cat<T> : Animal<T>;

    private class Dog<T> : Animal<T>;

    private sealed class Dachshund<T> : Dog<T>;

    private sealed class Poodle<T> : Dog<T>;

    private sealed class FormAnimal<T> : Animal<T>
    {
        public FormAnimal(string form) => Form = form;
    }

    private sealed class FormDog<T> : Dog<T>
    {
        public FormDog(string form) => Form = form;
    }

    private class Box<T>(T content)
    {
        private readonly AutoResetEvent _unsendable = new(initialState: true);

        public T Content => content;

        public bool IsOpen => _unsendable.WaitOne(0);
    }

    private sealed class SmallBox() : Box<byte>(0);

    private sealed class BoxReducer<T> : IReducer<Box<T>, T>
    {
        public T Reduce(Box<T> value) => value.Content is int ? (T)(object)4711 : value.Content;

        public Box<T> Rebuild(T sent) => new(sent);
    }

    private sealed class ClosedReducer<T> : IReducer<Box<T>, T>
    {
        private ClosedReducer()
        {
        }

        public T Reduce(Box<T> value) => value.Content;

        public Box<T> Rebuild(T sent) => new(sent);
    }

    private sealed class Jar<T>(T content) : IJar<T>
    {
        public T Content => content;
    }

    private sealed class RefusedJar<T>(T content) : IJar<T>
    {
        private readonly AutoResetEvent _unsendable = new(initialState: true);

        public T Content => content;

        public bool IsOpen => _unsendable.WaitOne(0);
    }

    private sealed class JarReducer<T> : IReducer<IJar<T>, T>
    {
        public T Reduce(IJar<T> value) => value.Content;

        public IJar<T> Rebuild(T sent) => new Jar<T>(sent);
    }

    private sealed class Known<T> : IKnown<T>
    {
        public int Number { get; init; }
    }

    private sealed class Unsent<T> : IKnown<T>
    {
        private readonly AutoResetEvent _unsendable = new(initialState: true);

        public bool IsSet => _unsendable.WaitOne(0);
    }
}
