// After "Condition" in the documentation of Python's multiprocessing, which is that of threading.Condition:
//     with cv:
//         cv.wait_for(an_item_is_available)
using Multiproc;

namespace Tour.Synchronization;

[Part(2, "A condition")]
internal static class Conditions
{
    public static void Run()
    {
        using var condition = Mp.Condition();
        using var stage = Mp.RawValue(0);
        using var process = Mp.Process(Reply, condition, stage);
        process.Start();
        using (condition.Hold())
        {
            stage.Value = 1;
            Console.WriteLine("parent: stage 1");
            condition.NotifyAll();
            condition.WaitFor(() => stage.Value == 2);
            Console.WriteLine("parent: saw stage 2");
        }

        process.Join();
    }

    private static void Reply(SharedCondition condition, SharedValue<int> stage)
    {
        using var hold = condition.Hold();
        condition.WaitFor(() => stage.Value == 1);
        Console.WriteLine("child: saw stage 1, makes it 2");
        stage.Value = 2;
        condition.NotifyAll();
    }
}
