// After "sharedctypes: an example" in the documentation of Python's multiprocessing:
//     class Point(Structure): _fields_ = [('x', c_double), ('y', c_double)]
//     n = Value('i', 7); x = Value(c_double, 1.0/3.0, lock=False); s = Array('c', b'hello world', lock=lock); A = Array(Point, [...], lock=lock)
using Multiproc;

namespace Tour.Sharing;

[Part(6, "Numbers, text and structures, with a lock, without and with a given one")]
internal static class Structures
{
    public static void Run()
    {
        using var gate = Mp.Lock();
        using var number = Mp.Value('i', 7);
        using var third = Mp.Value(1.0 / 3.0, @lock: false);
        using var text = Mp.Array([.. "hello world"u8], gate);
        using var points = Mp.Array<Point>([new(1.875, -6.25), new(-5.75, 2.0), new(2.375, 9.5)], gate);
        using var process = Mp.Process(Modify, number, third, text, points);
        process.Start();
        process.Join();
        Console.WriteLine(number.Value);
        Console.WriteLine(third.Value);
        Console.WriteLine(text.GetText());
        Console.WriteLine(string.Join(", ", points.Select(static point => FormattableString.Invariant($"({point.X}, {point.Y})"))));
    }

    private static void Modify(SharedValue<int> number, SharedValue<double> third, SharedArray<byte> text, SharedArray<Point> points)
    {
        number.Value *= number.Value;
        third.Value *= third.Value;
        text.SetText(text.GetText().ToUpperInvariant());
        foreach (ref var point in points.Span)
        {
            point.X *= point.X;
            point.Y *= point.Y;
        }
    }

    private record struct Point(double X, double Y);
}
