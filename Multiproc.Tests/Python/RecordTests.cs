using System.Runtime.Serialization;
using Multiproc.Tests.Connections;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python;

/// <summary>Classes of Python that are registered as types of C#: built by names on both sides, in every form that Python pickles them in.</summary>
public sealed class RecordTests : IDisposable
{
    private const string Shop = """
        import collections, dataclasses, enum, uuid
        from typing import NamedTuple
        class Colour(enum.Enum):
            RED = 1
            BLUE = 2
        class Size(enum.Enum):
            SMALL = 's'
            LARGE = 'l'
        @dataclasses.dataclass
        class Order:
            number: int
            unit_price: float
            colour: Colour
            note: str = None
        @dataclasses.dataclass(frozen=True)
        class Frozen:
            number: int
            tags: tuple
        class Slotted:
            __slots__ = ('number', 'name')
            def __init__(self, number, name):
                self.number, self.name = number, name
            def __eq__(self, other):
                return (self.number, self.name) == (other.number, other.name)
        class Point(NamedTuple):
            x: int
            y: int
        class Basket:
            def __init__(self, orders):
                self.orders = orders
            def __eq__(self, other):
                return self.orders == other.orders
        for made in (Colour, Size, Order, Frozen, Slotted, Point, Basket):
            made.__qualname__ = made.__name__
            globals()[made.__name__] = made
        if sys.version_info >= (3, 10):
            Tight = dataclasses.make_dataclass('Tight', [('number', int), ('name', str)], frozen=True, slots=True, module='__main__') \
                if sys.version_info >= (3, 12) else dataclasses.dataclass(frozen=True, slots=True)(
                    type('Tight', (), {'__annotations__': {'number': int, 'name': str}, '__module__': '__main__', '__qualname__': 'Tight'}))
            globals()['Tight'] = Tight

        """;

    private readonly PythonClient _python = new();

    public RecordTests() => _python.Server.Register(Types());

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void Instances_OfRegisteredClasses_ArriveAsTheirTypes(string? version)
    {
        var box = _python.Offer("box", _python.Manager.List<object?>());
        var orders = _python.Offer("orders", _python.Manager.Queue<Order>());
        _python.Run(version, Shop + """
            box = m.box()
            order = Order(7, 2.5, Colour.BLUE)
            box.append(order); box.append(Frozen(8, ('a', 'b'))); box.append(Slotted(9, 'nine')); box.append(Point(1, 2)); box.append(Size.LARGE)
            box.append(Basket([order, order])); box.append({Point(1, 2): {order.number: order}}); box.append(uuid.UUID(int=2**127 + 5))
            if sys.version_info >= (3, 10):
                box.append(Tight(10, 'ten'))
            m.orders().put(Order(1, 1, Colour.RED, 'one'))
            raises(TypeError, m.orders().put, Point(1, 2))
            odd = Order(1, 1.0, Colour.RED); odd.extra = 5
            assert "'extra'" in str(raises(RemoteError, box.append, odd))
            assert 'unit_price' in str(raises(RemoteError, box.append, Order(1, 'dear', Colour.RED)))
            """);
        var order = new Order(7, 2.5, Colour.Blue);
        box[0].ShouldBe(order);
        box[1].ShouldBeOfType<Frozen>().Tags.ShouldBe(["a", "b"]);
        box[2].ShouldBe(new Slotted { Number = 9, Name = "nine" });
        box[3].ShouldBe(new Point(1, 2));
        box[4].ShouldBe(Size.Large);
        box[5].ShouldBeOfType<Basket>().Orders.ShouldBe([order, order]);
        var nested = box[6].ShouldBeOfType<Dictionary<object, object?>>();
        nested[new Point(1, 2)].ShouldBeOfType<Dictionary<object, object?>>()[7].ShouldBe(order);
        box[7].ShouldBe(Guid.Parse("80000000-0000-0000-0000-000000000005"));
        if (box.Count > 8)
        {
            box[8].ShouldBe(new Tight(10, "ten"));
        }

        orders.Get().ShouldBe(new Order(1, 1, Colour.Red, "one"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Values_OfRegisteredTypes_ArriveAsInstances(string? version)
    {
        var order = new Order(7, 2.5, Colour.Blue);
        var id = Guid.NewGuid();
        _python.Offer("box", _python.Manager.List<object?>(
        [
            order, new Frozen(8, ["a", "b"]), new Slotted { Number = 9, Name = "nine" }, new Point(1, 2), Size.Large, new Basket([order, order]), id,
            new Tight(10, "ten"), 1.50m,
        ]));
        _python.Run(version, Shop + $$"""
            import decimal
            box = m.box()
            order = Order(7, 2.5, Colour.BLUE)
            same(box[0], order); same(box[1], Frozen(8, ['a', 'b'])); same(box[2], Slotted(9, 'nine')); same(box[3], Point(1, 2)); assert type(box[3]) is Point
            same(box[4], Size.LARGE); same(box[5], Basket([order, order])); same(box[6], uuid.UUID('{{id}}')); same(box[8], decimal.Decimal('1.50'))
            if sys.version_info >= (3, 10):
                same(box[7], Tight(10, 'ten'))
            box.append(box[0]); same(box.count(order), 2)
            """);
    }

    [Fact]
    public void Records_OfAPythonManagersClient_AreInstancesThere()
    {
        using var python = PythonManager.Connect(_python.Server.Address, _python.Key, Types());
        using var list = python.List<Order>();
        list.Add(new Order(7, 2.5, Colour.Blue));
        list[0].ShouldBe(new Order(7, 2.5, Colour.Blue));
        using var plain = PythonManager.Connect(_python.Server.Address, _python.Key);
        using var unknown = plain.List<object>();
        Should.Throw<SerializationException>(() => unknown.Add(new Order(1, 1, Colour.Red))).Message.ShouldContain("Order");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void ProcessOfPython_WithTypes_TakesAndReturnsRecords(string? version)
    {
        Assert.SkipWhen(version is null, "there is no python3 of version 3.8 or later on this machine");
        var options = new PythonProcessOptions
        {
            Interpreter = Interpreter.PathOf(version), Types = new PythonTypes().Add<Slotted>("types.SimpleNamespace"),
        };
        using var process = Mp.PythonProcess("copy:copy", options, new Slotted { Number = 5, Name = "five" });
        process.Start();
        process.Result<Slotted>(InChild.Bound).ShouldBe(new Slotted { Number = 5, Name = "five" });
    }

    [Fact]
    public void Table_WithWrongTypes_IsRefusedAtOnce()
    {
        var types = new PythonTypes().Add<Order>("shop.Order");
        Should.Throw<ArgumentException>(() => types.Add<Order>("shop.Other"));
        Should.Throw<ArgumentException>(() => types.Add<Point>("shop.Order"));
        Should.Throw<ArgumentException>(() => types.Add<Point>("Point")).Message.ShouldContain("__main__.Class");
        Should.Throw<ArgumentException>(() => types.Add<IDisposable>("shop.Disposable"));
        Should.Throw<ArgumentException>(() => types.Add<Twice>("shop.Twice")).Message.ShouldContain("DataMember");
        Should.Throw<ArgumentOutOfRangeException>(() => types.Add<Point>("shop.Point", (PythonForm)9));
        Should.Throw<ArgumentException>(() => types.Add<Point>(""));
    }

    private static PythonTypes Types() => new PythonTypes().Add<Order>("__main__.Order").Add<Frozen>("__main__.Frozen", PythonForm.Attributes)
        .Add<Slotted>("__main__.Slotted", PythonForm.Slots).Add<Point>("__main__.Point").Add<Basket>("__main__.Basket").Add<Colour>("__main__.Colour")
        .Add<Size>("__main__.Size").Add<Tight>("__main__.Tight");

    internal enum Colour
    {
        Red = 1,
        Blue = 2,
    }

    internal enum Size
    {
        [EnumMember(Value = "s")]
        Small,

        [EnumMember(Value = "l")]
        Large,
    }

    internal sealed record Order(int Number, double UnitPrice, Colour Colour, string? Note = null)
    {
        public string Label => $"{Number} at {UnitPrice}";
    }

    internal sealed record Frozen(int Number, List<string> Tags);

    internal sealed record Slotted
    {
        public int Number { get; init; }

        [DataMember(Name = "name")]
        public string Name { get; init; } = "";
    }

    internal readonly record struct Point(int X, int Y);

    internal sealed record Basket(List<Order> Orders);

    internal sealed record Tight(int Number, string Name);

    internal sealed record Twice(int Number, int Num_ber);
}
