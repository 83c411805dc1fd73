using Multiproc.Dashboard.Collecting;

namespace Multiproc.Dashboard.Tests.Collecting;

/// <summary>The last values of something.</summary>
public sealed class CurveTests
{
    [Theory]
    [InlineData(0, new double[0])]
    [InlineData(2, new double[] { 1, 2 })]
    [InlineData(3, new double[] { 1, 2, 3 })]
    [InlineData(5, new double[] { 3, 4, 5 })]
    [InlineData(7, new double[] { 5, 6, 7 })]
    public void ToArray_AfterSomeValues_HasTheLastOnesInOrder(int added, double[] expected)
    {
        var curve = new Curve(3);
        for (int i = 1; i <= added; i++)
        {
            curve.Add(i, i);
        }

        curve.ToArray().ShouldBe(expected);
    }
}
