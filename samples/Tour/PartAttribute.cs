namespace Tour;

/// <summary>Makes a static class with a method Run a part of the tour; its namespace is its group. Nothing else is needed.</summary>
/// <param name="number">Its place in its group.</param>
/// <param name="title">What it shows.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PartAttribute(int number, string title) : Attribute
{
    public int Number => number;

    public string Title => title;
}
